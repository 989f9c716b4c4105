// SPDX-License-Identifier: Apache-2.0
#include "gateway.hpp"

#include "../scheduled.hpp"

#include <alys/actors/caf.hpp>
#include <alys/actors/fault.hpp>

namespace alys::detail {

namespace {

using frame_sender = std::function<void(const frame&)>;

// Where the answer to a message from another node goes: back over the link that it came by.
class remote_asker final : public reply_port {
public:
  remote_asker(frame_sender send, std::uint64_t number, const remote_entry& entry, std::size_t max_frame)
      : send_(std::move(send)), number_(number), entry_(entry), max_frame_(max_frame) {}
  void deliver(reply_ptr reply) noexcept override {
    answer_frame f{number_, reply->error(), {}};
    if (!f.why) {
      wire_writer payload;
      if (!entry_.write_reply(payload, *reply))
        f.why = {error_kind::undelivered, errc::unexpected_reply, category::unknown, std::nullopt, {}};
      else if (payload.size() + 64 > max_frame_)
        f.why = {error_kind::undelivered, errc::out_of_range, category::unknown, std::nullopt,
                 "the answer takes " + std::to_string(payload.size()) + " bytes on the wire, more than a frame may"};
      else f.payload = payload.take();
    }
    send_(f);
  }

private:
  const frame_sender send_;
  const std::uint64_t number_;
  const remote_entry& entry_;
  const std::size_t max_frame_;
};

struct remote_child {
  published_slot what;
  std::shared_ptr<const remote_offer> offer;
  bool attached = false;
};

// One node that has said hello.
struct peer {
  caf::actor link;
  std::string name;
  std::map<std::uint64_t, remote_child> children;
};

[[nodiscard]] error undelivered(errc why, std::string text) {
  return {error_kind::undelivered, why, category::unknown, std::nullopt, std::move(text)};
}

class gateway {
public:
  gateway(caf::event_based_actor* self, std::shared_ptr<showcase> shown, std::shared_ptr<const gateway_rules> rules)
      : self_(self), shown_(std::move(shown)), rules_(std::move(rules)) {}

  void heed(const caf::strong_actor_ptr& sender, std::string_view bytes) {
    if (!sender) return;
    const auto link = caf::actor_cast<caf::actor>(sender);
    auto f = bytes.size() <= rules_->max_frame ? read_frame(bytes, rules_->codes) : std::nullopt;
    const auto known = peers_.find(link.address());
    if (!f) return refuse_peer(link, fail(fault::protocol_violation, "node " + rules_->name + " does not understand what was said"));
    if (auto* hello = std::get_if<hello_frame>(&*f)) return welcome(link, *hello);
    if (known == peers_.end()) return refuse_peer(link, fail(fault::protocol_violation, "a node says hello first"));
    peer& from = known->second;
    if (auto* m = std::get_if<message_frame>(&*f)) take(from, *m);
    else if (auto* s = std::get_if<spawn_frame>(&*f)) spawn(from, *s);
    else if (const auto* stop = std::get_if<stop_frame>(&*f)) stop_child(from, stop->child);
    else refuse_peer(link, fail(fault::protocol_violation, "node " + rules_->name + " hears what only it says"));
  }

  // The link is gone: what its owner had here ends.
  void lost(const caf::actor_addr& link) {
    const auto found = peers_.find(link);
    if (found == peers_.end()) return;
    const peer gone = std::move(found->second);
    peers_.erase(found);
    if (!gone.children.empty()) log(log_level::warning, "node " + gone.name + " is gone: its children here are stopped");
    for (const auto& [number, child] : gone.children) child.offer->stop(child.what.slot);
  }

  // The end of all links.
  void let_go() {
    while (!peers_.empty()) lost(caf::actor_addr{peers_.begin()->first});
  }

  // Looks at a child that has just been born, until it runs or has ended.
  void look(const caf::actor_addr& link, std::uint64_t number, int times) {
    const auto owner = peers_.find(link);
    if (owner == peers_.end()) return;
    const auto found = owner->second.children.find(number);
    if (found == owner->second.children.end()) return;
    remote_child& child = found->second;
    tree_node seen;
    static_cast<const scheduled&>(*child.what.slot).describe(seen);
    if (!child.attached) child.attached = attach(child, link, number);
    if (seen.state == lifecycle_state::terminated) return ended(link, number);
    if (child.attached && seen.state == lifecycle_state::running) return send(owner->second.link, spawned_frame{number});
    self_->delayed_send(self_, std::chrono::milliseconds{times < 10 ? 1 : 20}, caf::get_atom::value, link, number, times + 1);
  }

  void ended(const caf::actor_addr& link, std::uint64_t number) {
    const auto owner = peers_.find(link);
    if (owner == peers_.end()) return;
    const auto found = owner->second.children.find(number);
    if (found == owner->second.children.end()) return;
    const error why = why_ended(found->second);
    owner->second.children.erase(found);
    send(owner->second.link, ended_frame{number, why});
  }

private:
  void log(log_level level, const std::string& line) const {
    if (rules_->log) rules_->log(level, line);
  }
  void send(const caf::actor& to, const frame& f) const { self_->send(to, write_frame(f)); }
  // The same, from any thread.
  [[nodiscard]] frame_sender way_back(const caf::actor& link) const {
    return [link, me = caf::actor_cast<caf::actor>(self_)](const frame& f) { caf::send_as(me, link, write_frame(f)); };
  }

  void refuse_peer(const caf::actor& link, const error& why) {
    log(log_level::warning, "a node was turned away: " + why.message());
    lost(link.address());
    send(link, goodbye_frame{why});
  }

  void welcome(const caf::actor& link, const hello_frame& hello) {
    if (hello.version != wire_version)
      return refuse_peer(link, fail(fault::protocol_violation, "node " + rules_->name + " speaks version " + std::to_string(wire_version) +
                                                                   " of the protocol between nodes, not " + std::to_string(hello.version)));
    lost(link.address()); // it has begun anew
    self_->demonitor(link);
    self_->monitor(link);
    peers_[link.address()] = {link, hello.name, {}};
    send(link, welcome_frame{rules_->name, rules_->max_frame});
  }

  [[nodiscard]] std::optional<published_slot> find(const peer& from, const std::string& target) const {
    if (!target.starts_with('#')) return shown_->published(target);
    std::uint64_t number = 0;
    for (const char c : std::string_view{target}.substr(1, 19)) {
      if (c < '0' || c > '9') return std::nullopt;
      number = 10 * number + static_cast<std::uint64_t>(c - '0');
    }
    const auto found = from.children.find(number);
    return found != from.children.end() ? std::optional{found->second.what} : std::nullopt;
  }

  void take(const peer& from, message_frame& m) {
    const auto refuse_it = [&](error why) {
      if (!m.asked) log(log_level::warning, "from " + m.sender + ": " + m.type + " was not taken: " + why.message());
      send(from.link, answer_frame{m.number, std::move(why), {}});
    };
    const auto target = find(from, m.target);
    if (!target) return refuse_it(undelivered(errc::no_such_path, "node " + rules_->name + " publishes nothing as \"" + m.target + '"'));
    const remote_entry* entry = nullptr;
    for (const remote_entry& each : target->table) {
      if (each.type->name() == m.type) entry = &each;
    }
    if (entry == nullptr)
      return refuse_it(undelivered(errc::not_accepted, "\"" + m.target + "\" on node " + rules_->name + " does not accept " + m.type));
    if (entry->shape() != m.shape)
      return refuse_it(
          undelivered(errc::not_accepted, "node " + rules_->name + " knows another version of " + m.type + ": its fields differ"));
    wire_reader payload{m.payload};
    data_ptr message = entry->read(payload);
    if (!message || (m.asked && entry->write_reply == nullptr))
      return refuse_it(undelivered(errc::not_accepted, "what came as " + m.type + " to node " + rules_->name + " is none"));
    message->header.correlation = m.correlation;
    message->header.trace.trace_id = m.trace_id;
    message->header.trace.span_id = m.span_id;
    message->header.trace.flags = m.trace_flags;
    if (m.asked) message->reply = {std::make_shared<remote_asker>(way_back(from.link), m.number, *entry, rules_->max_frame), {}};
    const admission got = target->slot->push_from_outside(message);
    error why;
    if (got == admission::full) why = undelivered(errc::mailbox_full, target->slot->path());
    else if (got == admission::dropped) why = undelivered(errc::dropped, target->slot->path());
    else if (got != admission::queued) why = undelivered(errc::stopped, target->slot->path());
    if (got != admission::queued) target->slot->bounce(std::move(message), got);
    if (!m.asked) send(from.link, answer_frame{m.number, std::move(why), {}});
  }

  void spawn(peer& from, const spawn_frame& s) {
    const auto refuse_it = [&](error why) { send(from.link, ended_frame{s.child, std::move(why)}); };
    const auto offer = shown_->offered(s.offer);
    if (!offer)
      return refuse_it(fail(errc::no_such_path, category::configuration, "node " + rules_->name + " offers nothing as \"" + s.offer + '"'));
    if (offer->shape != s.shape)
      return refuse_it(fail(errc::not_accepted, category::configuration,
                            "node " + rules_->name + " knows another version of the config of \"" + s.offer + "\": its fields differ"));
    if (from.children.contains(s.child)) return refuse_it(fail(fault::protocol_violation, "a child's number is used twice"));
    wire_reader config{s.config};
    auto started = offer->start(from.name + "-" + std::to_string(++last_child_), config);
    if (!started) {
      const error& e = started.error();
      return refuse_it(fail(e.code(), category::resource, "node " + rules_->name + ": " + e.message()));
    }
    from.children[s.child] = {std::move(*started), offer, false};
    look(from.link.address(), s.child, 0);
  }

  void stop_child(const peer& from, std::uint64_t number) {
    const auto found = from.children.find(number);
    if (found == from.children.end()) return send(from.link, ended_frame{number, {}});
    found->second.offer->stop(found->second.what.slot); // its end is told when it comes
  }

  // So that we hear of its end. False if it has not begun to run.
  [[nodiscard]] bool attach(const remote_child& child, const caf::actor_addr& link, std::uint64_t number) const {
    const auto address = caf::actor_cast<caf::strong_actor_ptr>(address_of(*child.what.slot));
    if (!address) return false;
    address->get()->attach_functor([me = caf::actor_cast<caf::actor>(self_), link, number](const caf::error&) {
      caf::anon_send(me, caf::delete_atom::value, link, number);
    });
    return true;
  }

  // Of a child that has ended: no error if in order.
  [[nodiscard]] static error why_ended(const remote_child& child) {
    tree_node seen;
    static_cast<const scheduled&>(*child.what.slot).describe(seen);
    for (auto step = seen.history.rbegin(); step != seen.history.rend(); ++step) {
      if (step->to == lifecycle_state::stopped) return {};
      if (step->to == lifecycle_state::failed) return seen.failures.empty() ? error{} : seen.failures.back().what;
    }
    return {};
  }

  caf::event_based_actor* self_;
  const std::shared_ptr<showcase> shown_;
  const std::shared_ptr<const gateway_rules> rules_;
  std::map<caf::actor_addr, peer> peers_;
  std::uint64_t last_child_ = 0;
};

} // namespace

caf::behavior gateway_actor(caf::event_based_actor* self, std::shared_ptr<showcase> shown, std::shared_ptr<const gateway_rules> rules) {
  auto g = std::make_shared<gateway>(self, std::move(shown), std::move(rules));
  self->set_down_handler([=](caf::down_msg& d) { g->lost(d.source); });
  self->attach_functor([g](const caf::error&) { g->let_go(); });
  self->set_error_handler([](caf::error&) {});
  self->set_default_handler(caf::drop);
  return {
      [=](const std::string& bytes) { g->heed(self->current_sender(), bytes); },
      [=](caf::get_atom, const caf::actor_addr& link, std::uint64_t number, int times) { g->look(link, number, times); },
      [=](caf::delete_atom, const caf::actor_addr& link, std::uint64_t number) { g->ended(link, number); },
  };
}

} // namespace alys::detail
