// SPDX-License-Identifier: Apache-2.0
//
// Declaring a tree: supervisors, their strategies and their children, all before anything runs. `child` gives the handle of the slot at
// once, so that actors are wired to each other by constructor arguments. Mistakes are collected and reported together by check() and
// by system::start.
//
// ```cpp
// struct greet { using reply = std::string; std::string name; };
// ALYS_MESSAGE(greet, name)
//
// class greeter final : public alys::actor<greeter> {
// public:
//   using messages = alys::accepts<greet>;
//   std::string handle(const greet& g) { return "hello " + g.name; }
// };
//
// inline alys::supervisor_spec declare() {
//   alys::supervisor_spec root{"root", alys::one_for_one{.restarts = 3, .within = 60s}};
//   root.child<greeter>("greeter");
//   alys::supervisor_spec& team = root.supervisor("team", alys::rest_for_one{});
//   team.child<greeter>("first");
//   team.child<greeter>("second", {}, {.after = {"first"}});
//   return root;
// }
// ```
#pragma once

#include <alys/actors/actor.hpp>
#include <alys/actors/detail/blueprint.hpp>
#include <alys/actors/strategy.hpp>

#include <tuple>

namespace alys {

// Which children, by their end, end their supervisor with them, if they are `significant`. As OTP's auto_shutdown.
enum class auto_shutdown : std::uint8_t {
  any_significant, // the first of them
  all_significant, // the last of them
};
[[nodiscard]] std::string_view to_string(auto_shutdown) noexcept;

struct supervisor_options {
  decision_table decisions = {};           // asked after a child's own table; must outlive the tree
  bool critical = true;                    // as in child_options
  std::vector<std::string> after = {};     // as in child_options
  restart_policy restart = immediate{};    // when its own supervisor restarts it
  child_kind kind = child_kind::permanent; // as in child_options; not permanent if it has significant children
  bool significant = false;                // likewise
  alys::auto_shutdown auto_shutdown = alys::auto_shutdown::any_significant;
  health_rule health = worst_critical{}; // what its children's health makes of its own
  friend bool operator==(const supervisor_options&, const supervisor_options&) = default;
};

class supervisor_spec;
template <class A>
class factory;

namespace detail {

struct supervisor_declared {
  std::string name;
  strategy how;
  supervisor_options options;
};

struct spec_access;
struct spec_content;
class nursery; // where dynamic children of one template are born

// Gives a new child to the nursery's supervisor: errc::already_exists, errc::out_of_range (too many, or a bad name), errc::not_running.
[[nodiscard]] result<process_ptr> start_child(nursery& where, std::string_view suffix, blueprint&& plan);
[[nodiscard]] result<void> stop_child(nursery& where, const process_ptr& child);
[[nodiscard]] std::shared_ptr<const child_options> options_of(const nursery& where);

template <class A, class... Args>
[[nodiscard]] std::function<std::unique_ptr<actor_base>()> make_builder(Args&&... args) {
  constexpr bool kept = (std::is_copy_constructible_v<std::remove_cvref_t<Args>> && ...);
  constexpr bool constructible = std::is_constructible_v<A, std::remove_cvref_t<Args>&...>;
  static_assert(kept, "alys: what follows the options is kept for every restart, so it must be copyable");
  static_assert(constructible,
                "alys: the actor has no constructor that takes what follows the options in child<A>(name, config, options, ...)");
  if constexpr (kept && constructible) {
    return [arguments = std::tuple<std::remove_cvref_t<Args>...>(std::forward<Args>(args)...)]() mutable -> std::unique_ptr<actor_base> {
      return std::apply([](auto&... each) { return std::make_unique<A>(each...); }, arguments);
    };
  } else {
    return {};
  }
}

template <class A>
[[nodiscard]] std::shared_ptr<const typename A::config_type> share_config(typename A::config_type&& config) {
  using type = typename A::config_type;
  if constexpr (std::is_empty_v<type>) {
    static const auto only_one = std::make_shared<const type>();
    return only_one;
  } else {
    return std::make_shared<const type>(std::move(config));
  }
}

template <class A>
[[nodiscard]] blueprint make_blueprint(typename A::config_type config, std::shared_ptr<const child_options> options,
                                       std::function<std::unique_ptr<actor_base>()> build) {
  blueprint plan;
  plan.type = &actor_type_of<A>();
  plan.build = std::move(build);
  plan.config = share_config<A>(std::move(config));
  plan.options = std::move(options);
  return plan;
}

} // namespace detail

// The declaration of a supervisor and what is under it, good for one system::start. Copies, and what was moved from, are the same
// declaration. Adding to it once it was started throws std::logic_error. Not thread-safe.
class supervisor_spec {
public:
  supervisor_spec(const supervisor_spec&) = default;
  supervisor_spec& operator=(const supervisor_spec&) = default;
  explicit supervisor_spec(std::string name, strategy how = one_for_one{}, supervisor_options options = {});

  // Declares an actor. What follows the options goes to A's constructor, at every start of an incarnation: so copies are kept.
  template <class A, class... Args>
  ref<A> child(std::string name, typename A::config_type config = {}, child_options options = {}, Args&&... args) {
    problem_list found;
    validate_config(config, found);
    auto shared = std::make_shared<const child_options>(std::move(options));
    auto plan = detail::make_blueprint<A>(std::move(config), std::move(shared), detail::make_builder<A>(std::forward<Args>(args)...));
    return detail::handle_access::make<ref<A>>(
        add(std::move(name), std::make_shared<const detail::blueprint>(std::move(plan)), std::move(found)));
  }

  // Declares a nested supervisor, to be filled in through the reference, which lives as long as this spec.
  supervisor_spec& supervisor(std::string name, strategy how = one_for_one{}, supervisor_options options = {});

  // Declares that children of type A come and go at run time: at most `at_most` at once, named after `pattern`, in which "{}" stands for
  // the part given at their start.
  template <class A>
  [[nodiscard]] factory<A> children(std::string pattern, child_options options = {}, std::size_t at_most = 1'000) {
    return factory<A>(add_nursery(std::move(pattern), detail::actor_type_of<A>(), std::move(options), at_most));
  }

  // Everything that is wrong with this declaration and what is under it; empty if it can start.
  [[nodiscard]] problem_list check() const;
  [[nodiscard]] const std::string& name() const noexcept;

private:
  friend struct detail::spec_access;
  detail::process_ptr add(std::string name, std::shared_ptr<const detail::blueprint> plan, problem_list config_problems);
  std::shared_ptr<detail::nursery> add_nursery(std::string pattern, const detail::actor_type& type, child_options options,
                                               std::size_t at_most);

  std::shared_ptr<detail::spec_content> content_;
};

// Starts and stops dynamic children; made by supervisor_spec::children. Copies, and what was moved from, are the same factory.
// Thread-safe, good for the life of the tree.
template <class A>
class factory {
public:
  factory(const factory&) = default;
  factory& operator=(const factory&) = default;

  // Adds a child; `suffix` fills the pattern's "{}". The handle is good at once: what is sent waits for the start.
  // Errors: errc::already_exists, errc::out_of_range (too many, or a config or name that is not allowed), errc::not_running.
  template <class... Args>
  [[nodiscard]] result<ref<A>> start(std::string_view suffix, typename A::config_type config, Args&&... args) const {
    problem_list found;
    validate_config(config, found);
    if (!found.empty()) return refuse(errc::out_of_range, to_string(found));
    auto started = detail::start_child(
        *where_, suffix,
        detail::make_blueprint<A>(std::move(config), detail::options_of(*where_), detail::make_builder<A>(std::forward<Args>(args)...)));
    if (!started) return started.error();
    return detail::handle_access::make<ref<A>>(std::move(*started));
  }
  // Stops a child of this factory for good; changes nothing if it is not one, or has ended. errc::not_running if the tree does not run.
  [[nodiscard]] result<void> stop(const ref<A>& child) const {
    (void)detail::require_process(child);
    return detail::stop_child(*where_, detail::handle_access::process_of(child));
  }

private:
  friend class supervisor_spec;
  explicit factory(std::shared_ptr<detail::nursery> where) : where_(std::move(where)) {}
  std::shared_ptr<detail::nursery> where_;
};

} // namespace alys
