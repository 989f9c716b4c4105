// SPDX-License-Identifier: Apache-2.0
//
// Actors on other nodes. A node publishes slots under names and offers templates of children; a link to it gives ordinary handles to what is
// published there, and a supervisor here can own a child there. The way between is CAF's middleman (BASP); over TLS both sides prove their
// names. Messages need nothing but their ALYS_MESSAGE, on both sides the same: one of another version is refused by its field list.
//
// A handle heals: while the link is down, asks are answered with errc::unavailable at once, other messages are dead letters, and when the node is
// back it goes on. What was on its way when the link broke is answered with errc::unavailable: it may have been handled, or not. The receiver's
// mailbox has its bound for remote senders too; on this side at most link_options::window messages are on their way.
//
// ```cpp
// #include <alys/actors/system.hpp>
//
// struct look_up { using reply = std::string; std::string word; };
// ALYS_MESSAGE(look_up, word)
// class dictionary final : public alys::actor<dictionary> {
// public:
//   using messages = alys::accepts<look_up>;
//   std::string handle(const look_up& l) { return l.word; }
// };
//
// inline alys::node publish(const alys::ref<dictionary>& words) {
//   auto here = alys::node::start({.name = "alpha", .listen = "0.0.0.0", .port = 4711,
//                                  .tls = alys::tls_options{"alpha.pem", "alpha.key", "ca.pem"}});
//   here.publish("words", words);
//   return here;
// }
// inline alys::ref<dictionary> connect(alys::node& here) {
//   auto there = here.connect({.name = "alpha", .host = "alpha.example.org", .port = 4711});
//   return there.handle<dictionary>("words");                       // good at once
// }
// ```
#pragma once

#include <alys/actors/detail/remote_table.hpp>
#include <alys/actors/observer.hpp>
#include <alys/actors/supervisor.hpp>

#include <typeindex>

namespace alys {

// PEM files. Each is checked at the start: there, readable, in order; the key must be nobody else's to read (mode 600 or 400).
struct tls_options {
  std::string certificate; // of this node, with what leads to the authority
  std::string key;         // of that certificate
  std::string authority;   // certificates of whom we trust
};

struct node_options {
  std::string name;                                // of this node: what a certificate of it must be for
  std::string listen = {};                         // address to listen on; empty: on none
  std::uint16_t port = 0;                          // 0: any; see node::port
  std::optional<tls_options> tls = {};             // one of these two must be chosen ...
  bool plain = false;                              // ... no TLS: for loopback and tests
  std::vector<std::string> allowed = {};           // names of nodes that may connect; empty: all that the authority has certified
  std::chrono::milliseconds heartbeat{1'000};      // a sign of life is sent so often; more than 0
  std::chrono::milliseconds silence{5'000};        // without one for so long the link is broken; more than twice `heartbeat`
  std::chrono::milliseconds connect_within{5'000}; // a connection with its handshakes; more than 0
  std::size_t max_frame = 1'048'576;               // bytes of one message, with its header; from 1 KiB to 256 MiB
  std::vector<const code_domain*> codes = {};      // error codes to know from other nodes: known_codes<denied>()
  log_sink log = log_to_stderr();
};

// For node_options::codes: errors with these enums' codes keep them on their way. Those of others become text; the library's own are known.
template <error_enum... Enums>
[[nodiscard]] std::vector<const code_domain*> known_codes() {
  return {&detail::domain_of<Enums>...};
}

struct link_options {
  std::string name; // of the other node: its certificate must be for it
  std::string host;
  std::uint16_t port = 0;
  std::size_t window = 1'000;                      // messages on their way at once; from 1 to a million
  std::chrono::milliseconds answer_within{60'000}; // an ask without an answer is forgotten after so long, whatever its own deadline
  backoff retry{.initial = std::chrono::milliseconds{100}, .cap = std::chrono::milliseconds{5'000}}; // between attempts to connect
};

// What became of the messages over a link so far: sent == answered + refused + lost + on_the_way.
struct link_counts {
  std::uint64_t sent = 0;        // given to the other node
  std::uint64_t answered = 0;    // asks with a reply; other messages that their receiver's mailbox took
  std::uint64_t refused = 0;     // with an error
  std::uint64_t lost = 0;        // the link broke, or no answer came within link_options::answer_within
  std::uint64_t on_the_way = 0;  // now
  std::uint64_t turned_away = 0; // never sent: the link was down, the window full, or the message too large
  friend bool operator==(const link_counts&, const link_counts&) = default;
};

namespace detail {
class node_impl;
class link_core;
struct link_access;

struct published_slot {
  process_ptr slot;
  remote_table table;
};
// Starts a child from a config as bytes; the number makes its name unique.
using remote_start = std::function<result<published_slot>(const std::string& suffix, wire_reader& config)>;
struct remote_offer {
  std::uint64_t shape = 0;
  remote_start start;
  std::function<void(const process_ptr&)> stop;
};

[[nodiscard]] process_ptr remote_handle(const std::shared_ptr<link_core>& through, std::string target, remote_table table,
                                        const actor_type* type);
struct remote_child_declared {
  std::string offer;
  std::uint64_t shape = 0; // of its config
  std::string config;
  std::type_index actor = typeid(void);
  remote_table table;
  const actor_type* type = nullptr;
};
// The child's slot goes under `under`; the handle is for messages to the child.
[[nodiscard]] process_ptr add_remote_child(supervisor_spec& under, std::string name, const std::shared_ptr<link_core>& through,
                                           remote_child_declared what, child_options options, problem_list found);
} // namespace detail

// The way to one other node. Connects by itself, again and again. Copies are the same link. Thread-safe, good for the life of its node.
class remote_node {
public:
  // A handle to what the other node publishes under this name. If nothing is, or another actor, messages are refused with errc::no_such_path
  // or errc::not_accepted.
  template <class A>
  [[nodiscard]] ref<A> handle(std::string published) const {
    return detail::handle_access::make<ref<A>>(detail::remote_handle(
        core_, std::move(published), detail::remote_table_for<typename A::messages>::entries, &detail::actor_type_of<A>()));
  }
  // The same, for a part of its messages: the other node's actor need not be known here.
  template <class... Ms>
  [[nodiscard]] ref_to<Ms...> handle_to(std::string published) const {
    return detail::handle_access::make<ref_to<Ms...>>(
        detail::remote_handle(core_, std::move(published), detail::remote_table_for<accepts<Ms...>>::entries, nullptr));
  }
  [[nodiscard]] bool up() const;
  // Why it is down; no error while it is up.
  [[nodiscard]] error why_down() const;
  [[nodiscard]] link_counts counts() const;
  // Waits until it is up; false if it is not by then.
  [[nodiscard]] bool wait_until_up(std::chrono::nanoseconds most) const;

private:
  friend class node;
  friend struct detail::link_access;
  explicit remote_node(std::shared_ptr<detail::link_core> core) noexcept : core_(std::move(core)) {}
  std::shared_ptr<detail::link_core> core_;
};

namespace detail {
struct link_access {
  [[nodiscard]] static const std::shared_ptr<link_core>& core(const remote_node& l) noexcept { return l.core_; }
};
} // namespace detail

// This process among others. Movable. All functions but moving and destruction are thread-safe. Start it before the trees that use its links, and
// end it after them.
class node {
public:
  // Throws start_error with every mistake; and if it cannot listen.
  [[nodiscard]] static node start(node_options options);
  ~node();
  node(node&&) noexcept;
  node& operator=(node&&) noexcept;

  // From now on other nodes reach this slot by the name. A name that is taken gets the new slot.
  template <class A>
  void publish(std::string name, const ref<A>& slot) {
    (void)detail::require_process(slot);
    publish_slot(std::move(name), {detail::handle_access::process_of(slot), detail::remote_table_for<typename A::messages>::entries});
  }

  // From now on supervisors on other nodes may have children started here, by this factory. `arguments` go to A's constructor. What the
  // factory's options say, such as a restart, is done here; when a child has ended for good, its owner hears of it, with the failure if it was
  // one. So .kind = child_kind::temporary leaves every decision to the owner. If the link to the owner breaks, the child is stopped.
  template <class A, class... Args>
  void offer(std::string name, const factory<A>& where, Args... arguments) {
    using config_type = typename A::config_type;
    detail::remote_offer o;
    o.shape = detail::shape_of<config_type>();
    o.start = [=](const std::string& suffix, detail::wire_reader& bytes) -> result<detail::published_slot> {
      config_type config{};
      if (!detail::wire_form<config_type>::read(bytes, config) || !bytes.at_end())
        return refuse(errc::out_of_range, "the config is damaged");
      auto started = where.start(suffix, std::move(config), arguments...);
      if (!started) return started.error();
      return detail::published_slot{detail::handle_access::process_of(*started), detail::remote_table_for<typename A::messages>::entries};
    };
    o.stop = [=](const detail::process_ptr& child) { (void)where.stop(detail::handle_access::make<ref<A>>(child)); };
    offer_children(std::move(name), std::move(o));
  }

  // Throws std::invalid_argument, naming the option, for options that cannot be.
  [[nodiscard]] remote_node connect(link_options options);
  // Where it listens; 0 if it does not.
  [[nodiscard]] std::uint16_t port() const noexcept;

private:
  explicit node(std::unique_ptr<detail::node_impl> impl) noexcept;
  void publish_slot(std::string name, detail::published_slot what);
  void offer_children(std::string name, detail::remote_offer what);
  std::unique_ptr<detail::node_impl> impl_;
};

// Declares a child that runs on the node behind the link, from what is offered there under `offer`. It is a child like any other: order of start
// and stop, deadlines, decision table, policies, budget, tree view. A broken link is a failure with fault::connection_lost, category network,
// and a start that finds no link fails with the reason, so that a backoff reconnects. The handle is for messages to the child, and heals.
template <class A>
ref<A> supervise(supervisor_spec& under, std::string name, const remote_node& there, std::string offer, typename A::config_type config = {},
                 child_options options = {}) {
  using config_type = typename A::config_type;
  problem_list found;
  validate_config(config, found);
  detail::wire_writer bytes;
  detail::wire_form<config_type>::write(bytes, config);
  detail::remote_child_declared what{std::move(offer),
                                     detail::shape_of<config_type>(),
                                     bytes.take(),
                                     typeid(A),
                                     detail::remote_table_for<typename A::messages>::entries,
                                     &detail::actor_type_of<A>()};
  return detail::handle_access::make<ref<A>>(detail::add_remote_child(under, std::move(name), detail::link_access::core(there),
                                                                      std::move(what), std::move(options), std::move(found)));
}

} // namespace alys
