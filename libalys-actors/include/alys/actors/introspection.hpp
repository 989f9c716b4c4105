// SPDX-License-Identifier: Apache-2.0
//
// The tree as a message. Those outside a tree look at it with system.tree(); an actor inside asks a child of this class, which is declared
// where its supervisor wants it: states, effective policies, counts, breakers, health and the last failures come as a value, whole or from
// one slot downwards.
//
// ```cpp
// #include <alys/actors/supervisor.hpp>
//
// struct weakest { using reply = std::string; }; // which slot of the bank was restarted the most?
// ALYS_MESSAGE(weakest)
//
// class doctor final : public alys::actor<doctor> {
// public:
//   using messages = alys::accepts<weakest>;
//   using asks = alys::to<alys::introspection>;
//   explicit doctor(alys::ref<alys::introspection> tree) : tree_(std::move(tree)) {}
//   alys::task<std::string> handle(const weakest&) {
//     auto question = ask(tree_, alys::get_tree{"/root/bank"}, 1s);
//     const alys::tree_node bank = co_await question.or_return();
//     const alys::tree_node* found = &bank;
//     for (const auto& child : bank.children) {
//       if (child.restarts > found->restarts) found = &child;
//     }
//     co_return found->path;
//   }
//
// private:
//   alys::ref<alys::introspection> tree_;
// };
//
// inline void declare(alys::supervisor_spec& root) {
//   auto tree = root.child<alys::introspection>("tree");
//   root.child<doctor>("doctor", {}, {}, tree);
// }
// ```
#pragma once

#include <alys/actors/actor.hpp>
#include <alys/actors/tree.hpp>

namespace alys {

namespace detail {
class supervisor;
}

// Asks for a look at the tree, or at the slot at `path` and what is below it. Refused with errc::no_such_path if no slot is there.
struct get_tree {
  using reply = tree_node;
  std::string path = {}; // "/root/bank"; empty: the whole tree
};
ALYS_MESSAGE(get_tree, path)

// Looks without waiting for anybody: a slot that is stuck is shown as such, and an actor that asks from inside its own subtree is shown in
// the middle of that. Cost: a microsecond or two a slot; after every few hundred it lets others have its thread, so that each slot is seen as
// it was at an instant of its own, its `seen_at`. Its mailbox bounds how many may ask at once, as anybody's.
class introspection final : public actor<introspection> {
public:
  using messages = accepts<get_tree>;
  task<tree_node> handle(const get_tree& wanted);

private:
  task<void> look_at(const detail::supervisor& at, tree_node& into);
  [[nodiscard]] bool has_looked_enough() noexcept;

  std::size_t seen_in_turn_ = 0;
};

} // namespace alys
