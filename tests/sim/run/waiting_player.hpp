// SPDX-License-Identifier: Apache-2.0
//
// What the actor of the seeded runs does in handlers that are coroutines: all that others do, and waits in between.
#pragma once

#include "player.hpp"

namespace alys::sim {

// A local of a coroutine: the witness learns that there is a frame, and when it is no more.
class frame {
public:
  // `whole`: a handler's, not a part's.
  frame(witness& seen, cell_number c, message_number m, std::uint32_t incarnation, bool whole)
      : seen_(&seen), number_(seen.frame_begins(c, m, incarnation, whole)) {}
  frame(const frame&) = delete;
  frame& operator=(const frame&) = delete;
  ~frame() { seen_->frame_ends(number_); }

private:
  witness* seen_;
  frame_number number_;
};

template <int Level>
template <class Kind>
task<std::uint64_t, Kind> player<Level>::travel(message_number number, const script& told) {
  const frame here(seen(), me_, number, life_, true);
  seen().begins(me_, number, life_);
  constexpr bool alone = std::is_same_v<Kind, exclusive>;
  if (!told.late) set_out(number, told);
  for (const pause& p : told.pauses) {
    message_number asked = 0;
    switch (p.how) {
      case pause::way::sleep:
        seen().sleeps(me_, number, alone, p.time);
        co_await this->sleep(p.time);
        seen().resumes(me_, number, life_);
        break;
      case pause::way::ask: {
        auto question = question_of(p.question, asked);
        if (!question) break;
        seen().waits_for(me_, number, alone, asked, p.question->deadline, false);
        const result<std::uint64_t> got = co_await *question;
        seen().resumes(me_, number, life_);
        seen().answered(asked, got);
        break;
      }
      case pause::way::ask_or_return: {
        auto question = question_of(p.question, asked);
        if (!question) break;
        seen().waits_for(me_, number, alone, asked, p.question->deadline, true);
        const std::uint64_t got = co_await question->or_return();
        seen().resumes(me_, number, life_);
        seen().answered(asked, got);
        break;
      }
      case pause::way::turnstile: {
        const bool waits = gate_.taken();
        seen().lines_up(me_, number, alone, waits);
        const turnstile::passage through = co_await gate_.enter();
        if (waits) seen().resumes(me_, number, life_);
        seen().passes(me_, number);
        seen().sleeps(me_, number, alone, p.time);
        co_await this->sleep(p.time);
        seen().resumes(me_, number, life_);
        seen().leaves_line(me_, number);
        break;
      }
      case pause::way::part: {
        const result<std::uint64_t> got = co_await go_part_of(number, p, alone);
        if (got && *got != number) seen().object("a part of another handler came back");
        break;
      }
      case pause::way::part_or_return: {
        const std::uint64_t got = co_await go_part_of(number, p, alone).or_return();
        if (got != number) seen().object("a part of another handler came back");
        break;
      }
    }
  }
  if (told.late) set_out(number, told);
  co_return conclude(number, told);
}

// What is told, and setting the message aside, which ends no handler.
template <int Level>
void player<Level>::set_out(message_number number, const script& told) {
  if (told.stash && seen().times_begun(number) == 1) {
    (void)this->stash();
    seen().sets_aside(me_, number);
  }
  do_what_is_told(told);
}

template <int Level>
task<result<std::uint64_t>> player<Level>::go_part_of(message_number number, const pause& p, bool alone) {
  const frame here(seen(), me_, number, life_, false);
  seen().sleeps(me_, number, alone, p.time);
  co_await this->sleep(p.time);
  seen().resumes(me_, number, life_);
  message_number asked = 0;
  if (auto question = question_of(p.question, asked)) {
    seen().waits_for(me_, number, alone, asked, p.question->deadline, true);
    const std::uint64_t got = co_await question->or_return();
    seen().resumes(me_, number, life_);
    seen().answered(asked, got);
  }
  const bool ends_all = p.how == pause::way::part_or_return;
  switch (p.end) {
    case deed::refuse:
      if (ends_all) seen().ends(me_, number, ending::refused);
      co_return refuse(errc::out_of_range);
    case deed::fail:
      if (ends_all) seen().ends(me_, number, ending::failed);
      co_return fail(category::unknown, "as told");
    case deed::raise: seen().ends(me_, number, ending::failed); throw std::runtime_error("as told");
    default: co_return std::uint64_t{number};
  }
}

template <int Level>
std::optional<pending_ask<std::uint64_t>> player<Level>::question_of(const std::optional<errand>& e, message_number& asked) {
  std::optional<pending_ask<std::uint64_t>> question;
  if (!e) return question;
  const auto run = [&]<int To>(const ref<player<To>>& whom) {
    if constexpr (To > Level) {
      asked = seen().sending({.to = e->to, .request = true, .urgent = is_urgent(e->what), .from = me_}, false);
      with_request<To>(e->what, asked, stage_.along_with(asked, e->told),
                       [&](auto message) { question.emplace(this->ask(whom, std::move(message), e->deadline)); });
      seen().asks();
    }
  };
  std::visit(run, stage_.players.at(e->to));
  return question;
}

} // namespace alys::sim
