// SPDX-License-Identifier: Apache-2.0
#include "link.hpp"

#include "../runtime.hpp"
#include "../time_limit.hpp"
#include "../turn.hpp"

#include <alys/actors/fault.hpp>

#include <random>

namespace alys::detail {

namespace {

[[nodiscard]] error unavailable(const link_options& of, const error& why) {
  return {error_kind::undelivered, errc::unavailable, category::network, std::nullopt,
          "node " + of.name + ": " + (why ? why.message() : std::string{"not connected yet"})};
}

[[nodiscard]] error undelivered(errc why, std::string text) {
  return {error_kind::undelivered, why, category::unknown, std::nullopt, std::move(text)};
}

// Null outside of any.
[[nodiscard]] std::shared_ptr<runtime> sending_tree() {
  const turn* t = current_turn();
  return t != nullptr ? std::const_pointer_cast<runtime>(t->world->shared_from_this()) : nullptr;
}

// The sender's path, with its node's name before it.
[[nodiscard]] std::string sender_path(const std::string& node) {
  const turn* t = current_turn();
  return t != nullptr ? node + t->world->paths().path_of(t->slot) : std::string{};
}

} // namespace

link_core::link_core(link_options options, const node_options& node)
    : options_(std::move(options)),
      here_(node.name),
      own_max_frame_(node.max_frame),
      codes_(node.codes),
      log_(node.log),
      random_((std::uint64_t{std::random_device{}()} << 32) ^ std::random_device{}()) {}

void link_core::send(const frame& f, const caf::actor& to) const { caf::send_as(self_, to, write_frame(f)); }

admission link_core::push(const std::string& target, const std::string& receiver, const remote_entry& entry, data_ptr& message) {
  message_frame f;
  f.asked = message->asked();
  f.target = target;
  f.type = std::string{entry.type->name()};
  f.shape = entry.shape();
  f.correlation = message->header.correlation;
  f.trace_id = message->header.trace.trace_id;
  f.span_id = message->header.trace.span_id;
  f.trace_flags = message->header.trace.flags;
  f.sender = sender_path(here_);
  wire_writer payload;
  entry.write(payload, message->payload());
  f.payload = payload.take();
  std::string bytes = write_frame(f); // its number is written below: where numbers are given, nothing else is done

  awaited one{std::exchange(message->reply, {}), &entry, std::chrono::steady_clock::now() + options_.answer_within};
  if (!f.asked) {
    one.receiver = receiver;
    one.header = message->header;
    one.sender = sending_tree();
  }
  const auto turn_away = [&](admission why) {
    ++counts_.turned_away;
    message->reply = std::move(one.asker);
    return why;
  };
  const std::lock_guard guard(mutex_);
  if (!gateway_ || target.empty()) return turn_away(admission::unavailable);
  if (awaited_.size() >= options_.window) return turn_away(admission::full);
  if (bytes.size() > std::min<std::uint64_t>(max_frame_, own_max_frame_)) return turn_away(admission::too_large);
  ++counts_.sent;
  number_frame(bytes, ++last_number_);
  awaited_.emplace(last_number_, std::move(one));
  caf::send_as(self_, gateway_, std::move(bytes));
  message.reset();
  return admission::queued;
}

void link_core::bounce(const std::string& receiver, data_ptr message, admission why) {
  error e;
  switch (why) {
    case admission::full: e = undelivered(errc::mailbox_full, receiver + ": too much is on its way"); break;
    case admission::too_large:
      e = undelivered(errc::out_of_range,
                      receiver + ": " + std::string{message->type->name()} + " takes more bytes on the wire than the nodes' max_frame");
      break;
    case admission::unavailable: e = why_down(); break;
    default: e = undelivered(errc::stopped, receiver);
  }
  if (!e) e = unavailable(options_, fail(fault::connection_lost, receiver + " does not run there now"));
  if (message->asked()) return message->reply.answer_error(std::move(e));
  note_lost(sending_tree(), *message->type, message->header, receiver, e,
            why == admission::full ? dead_letter_cause::mailbox_full : dead_letter_cause::no_receiver);
}

void link_core::give_back(awaited& who, error why, dead_letter_cause cause) const {
  if (who.asker) who.asker.answer_error(std::move(why));
  else note_lost(who.sender.lock(), *who.entry->type, who.header, who.receiver, why, cause);
}

void link_core::note_lost(const std::shared_ptr<runtime>& sender, const message_type& type, const message_header& header,
                          const std::string& receiver, const error& why, dead_letter_cause cause) const {
  if (sender) sender->dead_letter_made(cause, type.name(), header, receiver);
  else if (log_) log_(log_level::warning, "lost: " + std::string{type.name()} + " to " + receiver + ": " + why.message());
}

void link_core::spawn_child(std::uint64_t number, spawn_frame what, std::weak_ptr<remote_child_watch> watch) {
  {
    const std::lock_guard guard(mutex_);
    what.child = number;
    child& c = children_[number];
    c = {std::move(what), std::move(watch), static_cast<bool>(gateway_)};
    if (gateway_) return send(c.what, gateway_);
    if (self_) caf::anon_send(self_, caf::connect_atom::value); // do not wait out the pause
    if (!closed_) return;
  }
  end_child(number, why_down());
}

void link_core::stop_child(std::uint64_t number) {
  caf::actor gateway;
  {
    const std::lock_guard guard(mutex_);
    const auto found = children_.find(number);
    if (found == children_.end()) return;
    if (found->second.sent) gateway = gateway_;
    if (gateway) return send(stop_frame{number}, gateway);
  }
  end_child(number, {}); // it never was there, or goes with its link
}

void link_core::forget_child(std::uint64_t number) {
  const std::lock_guard guard(mutex_);
  children_.erase(number);
}

void link_core::end_child(std::uint64_t number, const error& why) {
  std::shared_ptr<remote_child_watch> watch;
  {
    const std::lock_guard guard(mutex_);
    const auto found = children_.find(number);
    if (found == children_.end()) return;
    watch = found->second.watch.lock();
    children_.erase(found);
  }
  if (watch) watch->ended(why);
}

bool link_core::up() const {
  const std::lock_guard guard(mutex_);
  return static_cast<bool>(gateway_);
}

error link_core::why_down() const {
  const std::lock_guard guard(mutex_);
  return gateway_ ? error{} : unavailable(options_, why_down_);
}

link_counts link_core::counts() const {
  const std::lock_guard guard(mutex_);
  link_counts now = counts_;
  now.on_the_way = awaited_.size();
  return now;
}

bool link_core::wait_until_up(std::chrono::nanoseconds most) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, bounded(most), [&] { return static_cast<bool>(gateway_); });
}

// ---- the actor's side ----

void link_core::begin(caf::actor self) {
  const std::lock_guard guard(mutex_);
  self_ = std::move(self);
}

void link_core::came_up(caf::actor gateway, std::uint64_t max_frame) {
  attempts_ = 0;
  const std::lock_guard guard(mutex_);
  if (closed_) return;
  gateway_ = std::move(gateway);
  max_frame_ = max_frame;
  why_down_ = {};
  for (auto& [number, c] : children_) {
    if (std::exchange(c.sent, true)) continue;
    send(c.what, gateway_);
  }
  changed_.notify_all();
}

void link_core::went_down(const error& why) {
  std::unordered_map<std::uint64_t, awaited> lost;
  std::map<std::uint64_t, child> orphans;
  {
    const std::lock_guard guard(mutex_);
    if (log_ && (gateway_ || why_down_.message() != why.message()))
      log_(log_level::warning, "link to " + options_.name + ": " + why.message());
    gateway_ = nullptr;
    why_down_ = why;
    lost.swap(awaited_);
    counts_.lost += lost.size();
    orphans.swap(children_);
  }
  for (auto& [number, each] : lost) give_back(each, unavailable(options_, why), dead_letter_cause::no_receiver);
  for (auto& [number, c] : orphans) {
    if (const auto watch = c.watch.lock()) watch->ended(why);
  }
}

void link_core::close() {
  {
    const std::lock_guard guard(mutex_);
    closed_ = true;
  }
  went_down(fail(fault::connection_lost, "this node has ended"));
  const std::lock_guard guard(mutex_);
  self_ = nullptr;
}

bool link_core::heed(std::string_view bytes) {
  auto f = read(bytes);
  if (!f) return false;
  if (auto* a = std::get_if<answer_frame>(&*f)) {
    answer(*a);
  } else if (const auto* s = std::get_if<spawned_frame>(&*f)) {
    std::shared_ptr<remote_child_watch> watch;
    {
      const std::lock_guard guard(mutex_);
      if (const auto found = children_.find(s->child); found != children_.end()) watch = found->second.watch.lock();
    }
    if (watch) watch->spawned();
  } else if (const auto* e = std::get_if<ended_frame>(&*f)) {
    end_child(e->child, e->why);
  } else {
    return false;
  }
  return true;
}

void link_core::answer(answer_frame& f) {
  awaited who;
  {
    const std::lock_guard guard(mutex_);
    const auto found = awaited_.find(f.number);
    if (found == awaited_.end()) return; // forgotten: its asker was told
    who = std::move(found->second);
    awaited_.erase(found);
    ++(f.why ? counts_.refused : counts_.answered);
  }
  if (f.why) {
    if (who.asker) who.asker.answer_error(std::move(f.why)); // else it is a dead letter over there
    return;
  }
  if (!who.asker) return;
  wire_reader from{f.payload};
  if (reply_ptr reply = who.entry->read_reply(from)) return who.asker.answer(std::move(reply));
  who.asker.answer_error(
      fail(fault::invalid_reply, "the answer of node " + options_.name + " is no " + std::string{who.entry->type->name()} + "::reply"));
}

void link_core::forget_the_late(std::chrono::steady_clock::time_point now) {
  std::vector<awaited> late;
  {
    const std::lock_guard guard(mutex_);
    std::erase_if(awaited_, [&](auto& each) {
      if (each.second.until > now) return false;
      late.push_back(std::move(each.second));
      return true;
    });
    counts_.lost += late.size();
  }
  for (awaited& each : late)
    give_back(each, undelivered(errc::deadline, "node " + options_.name + " did not answer"), dead_letter_cause::no_receiver);
}

std::chrono::nanoseconds link_core::next_pause() { return *next_delay(options_.retry, ++attempts_, random_); }

// ---- the actor ----

namespace {

class keeper {
public:
  keeper(caf::event_based_actor* self, std::shared_ptr<link_core> core, const caf::actor& broker, connection_rules_ptr rules)
      : self_(self), core_(std::move(core)), rules_(std::move(rules)), middleman_(spawn_middleman(broker, rules_)) {
    core_->begin(self_);
    connect();
  }

  void connect() {
    if (connecting_ || gateway_) return;
    connecting_ = true;
    ++attempt_;
    self_->request(middleman_, 2 * rules_->within, caf::connect_atom::value, core_->address(), core_->options().port)
        .then([this](const caf::node_id&, caf::strong_actor_ptr& found, const std::set<std::string>&) { greet(found); },
              [this](caf::error& e) { begin_anew(from_middleman(e)); });
  }
  // An attempt has had its time, or a pause between two is over.
  void time_is_up(std::uint64_t attempt) {
    if (attempt != attempt_) return;
    if (gateway_ && !core_->up()) begin_anew(fail(fault::connection_timeout, "the other node does not answer our hello"));
    else connect();
  }
  void broken(const caf::down_msg& d) {
    if (gateway_ && d.source == gateway_.address()) begin_anew(fail(fault::connection_lost, "the link is broken"));
  }
  void heed(const std::string& bytes) {
    if (!gateway_ || caf::actor_cast<caf::actor>(self_->current_sender()) != gateway_) return;
    if (!core_->up()) return heed_answer(bytes);
    if (!core_->heed(bytes)) begin_anew(fail(fault::protocol_violation, "the other node says what cannot be said"));
  }
  // The end: CAF's actors and brokers hold each other for good unless somebody lets go.
  void let_go() {
    gateway_ = nullptr;
    middleman_ = nullptr;
  }
  void tick() {
    core_->forget_the_late(std::chrono::steady_clock::now());
    self_->delayed_send(self_, std::chrono::seconds{1}, caf::tick_atom::value);
  }

private:
  void greet(const caf::strong_actor_ptr& found) {
    connecting_ = false;
    if (!found)
      return begin_anew(
          fail(fault::connection_lost,
               "no node is published there, or one that CAF cannot tell from this one: the same process number on the same host"));
    gateway_ = caf::actor_cast<caf::actor>(found);
    self_->monitor(gateway_);
    self_->send(gateway_, write_frame(hello_frame{wire_version, core_->here()}));
    self_->delayed_send(self_, rules_->within, caf::timeout_atom::value, attempt_);
  }
  // What follows our hello.
  void heed_answer(const std::string& bytes) {
    const auto f = core_->read(bytes);
    const auto* welcome = f ? std::get_if<welcome_frame>(&*f) : nullptr;
    if (const auto* goodbye = f ? std::get_if<goodbye_frame>(&*f) : nullptr) return begin_anew(goodbye->why);
    if (welcome == nullptr) return begin_anew(fail(fault::protocol_violation, "the other side does not speak as a node does"));
    const std::string& wanted = core_->options().name;
    if (welcome->name != wanted)
      return begin_anew(fail(fault::authentication_failed, "the other node calls itself \"" + welcome->name + "\", not \"" + wanted + '"'));
    core_->came_up(gateway_, welcome->max_frame);
  }
  void begin_anew(const error& why) {
    connecting_ = false;
    if (gateway_) self_->demonitor(gateway_);
    gateway_ = nullptr;
    core_->went_down(why);
    self_->delayed_send(self_, core_->next_pause(), caf::timeout_atom::value, ++attempt_);
  }

  caf::event_based_actor* const self_;
  const std::shared_ptr<link_core> core_;
  const connection_rules_ptr rules_;
  caf::io::middleman_actor middleman_;
  caf::actor gateway_; // that we have said hello to
  bool connecting_ = false;
  std::uint64_t attempt_ = 0;
};

} // namespace

caf::behavior link_actor(caf::event_based_actor* self, std::shared_ptr<link_core> core, const caf::actor& broker,
                         connection_rules_ptr rules) {
  auto k = std::make_shared<keeper>(self, std::move(core), broker, std::move(rules));
  self->set_down_handler([k](caf::down_msg& d) { k->broken(d); });
  self->attach_functor([k](const caf::error&) { k->let_go(); });
  self->set_error_handler([](caf::error&) {});
  self->set_default_handler(caf::drop);
  k->tick();
  return {
      [k](caf::connect_atom) { k->connect(); },
      [k](caf::timeout_atom, std::uint64_t attempt) { k->time_is_up(attempt); },
      [k](const std::string& bytes) { k->heed(bytes); },
      [k](caf::tick_atom) { k->tick(); },
  };
}

} // namespace alys::detail
