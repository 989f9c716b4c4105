// SPDX-License-Identifier: Apache-2.0
//
// The actor of the seeded runs: does what its messages tell it, and tells the witness what it does.
#pragma once

#include "stage.hpp"

#include <alys/actors/actor.hpp>
#include <alys/actors/turnstile.hpp>

#include <deque>

namespace alys::sim {

template <int Level>
struct asks_of_level;
template <>
struct asks_of_level<0> {
  using type =
      to<order<1>, urgent_order<1>, loan<1>, journey<1>, open_journey<1>, order<2>, urgent_order<2>, loan<2>, journey<2>, open_journey<2>>;
};
template <>
struct asks_of_level<1> {
  using type = to<order<2>, urgent_order<2>, loan<2>, journey<2>, open_journey<2>>;
};
template <>
struct asks_of_level<2> {
  using type = to<>;
};

template <int Level>
class player final : public actor<player<Level>> {
public:
  using messages = accepts<word<Level>, urgent_word<Level>, order<Level>, urgent_order<Level>, loan<Level>, journey<Level>,
                           open_journey<Level>, bulletin, alarm>;
  using asks = typename asks_of_level<Level>::type;

  // `declared`: with the tree, not born at run time.
  player(stage& s, cell_number me, bool declared) : stage_(s), me_(me), declared_(declared), life_(this->incarnation()) {
    if (plan(hook_kind::construct) == hook_deed::raises) {
      seen().fails(me_);
      throw std::runtime_error("no construction");
    }
    seen().built(me_, life_);
    if (const auto paper = stage_.paper_of(me_)) subscribe(*paper);
  }
  ~player() override { seen().gone(me_, life_); }

  result<void> handle(const word<Level>& m) { return without_value(act(m.number, *m.told)); }
  result<void> handle(const urgent_word<Level>& m) { return without_value(act(m.number, *m.told)); }
  result<std::uint64_t> handle(const order<Level>& m) { return act(m.number, *m.told); }
  result<std::uint64_t> handle(const urgent_order<Level>& m) { return act(m.number, *m.told); }
  promise<std::uint64_t> handle(const loan<Level>& m);
  task<std::uint64_t> handle(const journey<Level>& m) { return travel<exclusive>(m.number, *m.told); }
  task<std::uint64_t, reentrant> handle(const open_journey<Level>& m) { return travel<reentrant>(m.number, *m.told); }
  result<void> handle(const bulletin& m) { return without_value(act(seen().copy_for(m.number, me_), *m.told)); }
  result<void> handle(const alarm& a);

  promise<void> initialize() { return do_hook(hook_kind::initialize); }
  void started() { do_hook_at_once(hook_kind::started); }
  promise<void> stopping() { return do_hook(hook_kind::stopping); }
  void stopped() { do_hook_at_once(hook_kind::stopped); }
  health_report health() {
    const hook_deed d = plan(hook_kind::health);
    seen().checked(me_);
    if (d == hook_deed::raises && stage_.once_in(4)) {
      seen().fails(me_);
      throw std::runtime_error("no health");
    }
    return {d == hook_deed::fails ? health_state::degraded : health_state::healthy, {}};
  }

private:
  struct debt {
    message_number number;
    promise<std::uint64_t> answer;
  };
  struct set_alarm {
    timer_number number;
    timer handle;
    std::uint32_t rings_left;
  };

  [[nodiscard]] witness& seen() const noexcept { return *stage_.seen; }
  [[nodiscard]] hook_deed plan(hook_kind hook) const { return stage_.plan_for(me_, life_, hook, declared_); }
  [[nodiscard]] static result<void> without_value(const result<std::uint64_t>& r) { return r.error(); }

  // Sets the message aside if that is told and was not done before.
  [[nodiscard]] bool sets_aside(message_number number, const script& told);
  // Begins, does what else is told, and ends as told.
  result<std::uint64_t> act(message_number number, const script& told);
  result<std::uint64_t> conclude(message_number number, const script& told);
  void do_what_is_told(const script& told);

  // In waiting_player.hpp.
  template <class Kind>
  task<std::uint64_t, Kind> travel(message_number number, const script& told);
  task<result<std::uint64_t>> go_part_of(message_number number, const pause& p, bool alone);
  [[nodiscard]] std::optional<pending_ask<std::uint64_t>> question_of(const std::optional<errand>& e, message_number& asked);
  void set_out(message_number number, const script& told);
  void run_errand(const errand& e);
  void subscribe(topic_number to);
  void read(const paper& p);
  template <class Handle, class M>
  void ask_on(const Handle& whom, M message, message_number number, const errand& e);
  void set(const alarm_plan& p);
  void cancel_oldest_alarm();
  void pay_oldest_debt();
  promise<void> do_hook(hook_kind hook);
  void do_hook_at_once(hook_kind hook);

  stage& stage_;
  cell_number me_;
  bool declared_;
  std::uint32_t life_;
  std::deque<debt> debts_;
  std::deque<set_alarm> alarms_;
  turnstile gate_;
};

// ---- messages ----

template <int Level>
result<std::uint64_t> player<Level>::act(message_number number, const script& told) {
  seen().begins(me_, number, life_);
  if (sets_aside(number, told)) return this->stash();
  do_what_is_told(told);
  return conclude(number, told);
}

template <int Level>
result<std::uint64_t> player<Level>::conclude(message_number number, const script& told) {
  deed how = told.how;
  if (how >= deed::fail && how <= deed::raise_something_else && told.harmless_after > 0 && seen().times_begun(number) > told.harmless_after)
    how = deed::answer;
  switch (how) {
    case deed::refuse: seen().ends(me_, number, ending::refused); return refuse(errc::out_of_range);
    case deed::fail: seen().ends(me_, number, ending::failed); return stage::failure_of(told);
    case deed::raise: seen().ends(me_, number, ending::failed); throw std::runtime_error("as told");
    case deed::raise_something_else: seen().ends(me_, number, ending::failed); throw 0;
    case deed::answer:
    case deed::keep_promise:
    case deed::lend_promise:
    case deed::break_promise: break;
  }
  seen().ends(me_, number, ending::handled);
  return std::uint64_t{number};
}

template <int Level>
bool player<Level>::sets_aside(message_number number, const script& told) {
  if (!told.stash || seen().times_begun(number) > 1) return false;
  seen().stashes(me_, number);
  return true;
}

template <int Level>
promise<std::uint64_t> player<Level>::handle(const loan<Level>& m) {
  seen().begins(me_, m.number, life_);
  do_what_is_told(*m.told);
  if (m.told->how == deed::raise || m.told->how == deed::raise_something_else) {
    seen().ends(me_, m.number, ending::failed);
    throw std::runtime_error("as told");
  }
  seen().promises(me_, m.number);
  promise<std::uint64_t> answer;
  if (m.told->how != deed::keep_promise && m.told->how != deed::lend_promise) seen().pays(m.number);
  switch (m.told->how) {
    case deed::keep_promise: debts_.push_back({m.number, answer}); break;
    case deed::lend_promise: stage_.lend(answer, m.number); break;
    case deed::break_promise: break;
    case deed::refuse: answer.deliver(refuse(errc::out_of_range)); break;
    case deed::fail: answer.deliver(stage::failure_of(*m.told)); break;
    case deed::answer:
    case deed::raise:
    case deed::raise_something_else: answer.deliver(std::uint64_t{m.number}); break;
  }
  return answer;
}

template <int Level>
result<void> player<Level>::handle(const alarm& a) {
  seen().alarm_rings(me_, a.number, life_, a.again);
  const auto mine = std::find_if(alarms_.begin(), alarms_.end(), [&](const set_alarm& s) { return s.number == a.number; });
  if (mine != alarms_.end() && --mine->rings_left == 0) {
    if (a.again) {
      this->cancel(mine->handle);
      seen().cancels_alarm(me_, a.number);
    }
    alarms_.erase(mine);
  }
  do_what_is_told(*a.told);
  if (a.told->how == deed::raise || a.told->how == deed::fail) seen().fails(me_);
  if (a.told->how == deed::raise) throw std::runtime_error("as told");
  if (a.told->how == deed::fail) return stage::failure_of(*a.told);
  seen().alarm_handled(me_);
  return {};
}

// ---- what else is told ----

template <int Level>
void player<Level>::do_what_is_told(const script& told) {
  for (const errand& e : told.errands) run_errand(e);
  for (const alarm_plan& p : told.alarms) set(p);
  if (told.cancel_alarm) cancel_oldest_alarm();
  if (told.pay) pay_oldest_debt();
  read(told.reads);
  if (told.unstash) {
    seen().unstashes(me_);
    this->unstash_all();
  }
  if (!told.finish) return;
  seen().finishes(me_);
  this->finish();
}

template <int Level>
void player<Level>::subscribe(topic_number to) {
  seen().subscribes(to, me_);
  stage_.papers.at(to).subscribe(this->self());
}

template <int Level>
void player<Level>::read(const paper& p) {
  if (p.what == paper::deed::subscribe) subscribe(p.of);
  if (p.what != paper::deed::unsubscribe) return;
  seen().unsubscribes(p.of, me_);
  stage_.papers.at(p.of).unsubscribe(this->self());
}

template <int Level>
void player<Level>::run_errand(const errand& e) {
  if (e.how == errand::way::publish) return stage_.publish(e.on, e.told);
  const auto run = [&]<int To>(const ref<player<To>>& whom) {
    if constexpr (To > Level) {
      if (e.how == errand::way::ask && may_be_asked(e.what)) {
        const auto n = seen().sending({.to = e.to, .request = true, .urgent = is_urgent(e.what), .from = me_}, false);
        with_request<To>(e.what, n, stage_.along_with(n, e.told), [&](auto message) { ask_on(whom, std::move(message), n, e); });
        return seen().sent();
      }
    }
    const bool told = e.how == errand::way::try_send;
    const auto n = seen().sending({.to = e.to, .request = false, .urgent = is_urgent(e.what), .from = me_}, told);
    with_message<To>(e.what, n, stage_.along_with(n, e.told), [&](auto message) {
      if (told) return seen().tried(n, try_send(whom, std::move(message)));
      send(whom, std::move(message));
      seen().sent();
    });
  };
  std::visit(run, stage_.players.at(e.to));
}

template <int Level>
template <class Handle, class M>
void player<Level>::ask_on(const Handle& whom, M message, message_number number, const errand& e) {
  auto question = this->ask(whom, std::move(message), e.deadline);
  question.then([this, s = stage_.seen, me = me_, life = life_, number, then = e.then](result<std::uint64_t> got) {
    if (!s->answered_in(me, life, number, got)) return; // then not even `this` is there
    if (then == sequel::pay) pay_oldest_debt();
    if (then != sequel::raise) return;
    s->fails(me);
    throw std::runtime_error("as told");
  });
}

template <int Level>
void player<Level>::set(const alarm_plan& p) {
  const timer_number n = seen().sets_alarm(me_);
  const alarm message{n, p.told, p.times > 1};
  alarms_.push_back({n, p.times > 1 ? this->every(p.after, message) : this->after(p.after, message), p.times});
}

template <int Level>
void player<Level>::cancel_oldest_alarm() {
  if (alarms_.empty()) return;
  this->cancel(alarms_.front().handle);
  seen().cancels_alarm(me_, alarms_.front().number);
  alarms_.pop_front();
}

template <int Level>
void player<Level>::pay_oldest_debt() {
  if (debts_.empty()) return;
  const debt oldest = std::move(debts_.front());
  debts_.pop_front();
  seen().pays(oldest.number);
  oldest.answer.deliver(std::uint64_t{oldest.number});
}

// ---- hooks ----

template <int Level>
promise<void> player<Level>::do_hook(hook_kind hook) {
  promise<void> done;
  switch (plan(hook)) {
    case hook_deed::good: done.deliver(); break;
    case hook_deed::fails:
      if (hook == hook_kind::initialize) seen().fails(me_); // at its end it is no failure for a supervisor
      done.deliver(fail(category::database, "no luck"));
      break;
    case hook_deed::raises:
      if (hook == hook_kind::initialize) seen().fails(me_);
      throw std::runtime_error("no hook");
    case hook_deed::later: stage_.hold(done, false); break;
    case hook_deed::never: stage_.hold(done, true); break;
  }
  return done;
}

template <int Level>
void player<Level>::do_hook_at_once(hook_kind hook) {
  if (plan(hook) != hook_deed::raises) return;
  if (hook == hook_kind::started) seen().fails(me_);
  throw std::runtime_error("no hook");
}

} // namespace alys::sim

#include "waiting_player.hpp"
