// SPDX-License-Identifier: Apache-2.0
//
// Fork choice and finality on small trees.
#include <alys/domain/chain/block_tree.hpp>
#include <alys/domain/chain/finality.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace alys::domain;

namespace {

// Blocks are named by a letter; their ids are ordered as the letters are.
[[nodiscard]] block_id id(char name) {
  block_id::array_type content{};
  content[0] = static_cast<std::uint8_t>(name);
  return block_id{content};
}

[[nodiscard]] block_ref ref(char name, std::uint64_t height, std::uint64_t s) { return {id(name), block_height{height}, slot{s}}; }

// A tree that starts at G, in slot 0.
struct fixture {
  block_tree tree{ref('G', 0, 0)};

  void add(char name, char parent, std::uint64_t height, std::uint64_t s) { REQUIRE(tree.add(ref(name, height, s), id(parent))); }
};

[[nodiscard]] std::string names(const std::vector<block_ref>& blocks) {
  std::string text;
  for (const block_ref& b : blocks) text += static_cast<char>(b.id[0]);
  return text;
}

} // namespace

TEST_CASE("three certified blocks in consecutive slots finalize the second") {
  CHECK(finalized_by(ref('a', 1, 5), ref('b', 2, 6), ref('c', 3, 7)) == ref('b', 2, 6));
  CHECK_FALSE(finalized_by(ref('a', 1, 4), ref('b', 2, 6), ref('c', 3, 7)));
  CHECK_FALSE(finalized_by(ref('a', 1, 5), ref('b', 2, 6), ref('c', 3, 8)));
  CHECK_FALSE(finalized_by(ref('a', 1, 7), ref('b', 2, 6), ref('c', 3, 5)));
  CHECK(finalized_by(ref('a', 1, 0), ref('b', 2, 1), ref('c', 3, 2)));
}

TEST_CASE_METHOD(fixture, "the longest chain is the head") {
  add('a', 'G', 1, 5);
  CHECK(tree.head() == ref('a', 1, 5));
  add('b', 'a', 2, 7);
  CHECK(tree.head() == ref('b', 2, 7));
  add('c', 'G', 1, 9);
  CHECK(tree.head() == ref('b', 2, 7));
}

TEST_CASE_METHOD(fixture, "of equally long chains the lowest id is the head whatever came first") {
  add('b', 'G', 1, 5);
  add('c', 'G', 1, 7);
  CHECK(tree.head() == ref('b', 1, 5));
  add('a', 'G', 1, 9);
  CHECK(tree.head() == ref('a', 1, 9));
}

TEST_CASE_METHOD(fixture, "a final block forgets what conflicts with it") {
  add('x', 'G', 1, 3);
  add('a', 'G', 1, 5);
  add('y', 'a', 2, 8);
  add('b', 'a', 2, 10);
  add('c', 'b', 3, 11);
  CHECK(tree.last_final() == ref('G', 0, 0));
  CHECK(tree.size() == 6);
  add('d', 'c', 4, 12);
  CHECK(tree.last_final() == ref('c', 3, 11));
  CHECK(tree.size() == 2);
  CHECK_FALSE(tree.contains(id('x')));
  CHECK_FALSE(tree.contains(id('y')));
  CHECK(tree.head() == ref('d', 4, 12));
}

TEST_CASE_METHOD(fixture, "a final block on a shorter chain moves the head there") {
  add('x', 'G', 1, 1);
  add('y', 'x', 2, 3);
  add('z', 'y', 3, 5);
  add('w', 'z', 4, 7);
  add('a', 'G', 1, 10);
  add('b', 'a', 2, 11);
  CHECK(tree.head() == ref('w', 4, 7));
  add('c', 'b', 3, 12);
  CHECK(tree.last_final() == ref('b', 2, 11));
  CHECK(tree.head() == ref('c', 3, 12));
  CHECK_FALSE(tree.contains(id('w')));
}

TEST_CASE_METHOD(fixture, "nothing is added below a final block") {
  add('a', 'G', 1, 1);
  add('b', 'a', 2, 2);
  REQUIRE(tree.last_final() == ref('a', 1, 1));
  CHECK(tree.add(ref('x', 1, 9), id('G')) == tree_error::final_already);
  CHECK(tree.add(ref('x', 2, 9), id('G')) == tree_error::unknown_parent);
  CHECK(tree.add(ref('x', 3, 9), id('b')));
}

TEST_CASE_METHOD(fixture, "a block must follow its parent") {
  add('a', 'G', 1, 5);
  CHECK(tree.add(ref('b', 2, 6), id('?')) == tree_error::unknown_parent);
  CHECK(tree.add(ref('b', 3, 6), id('a')) == tree_error::wrong_height);
  CHECK(tree.add(ref('b', 1, 6), id('a')) == tree_error::wrong_height);
  CHECK(tree.add(ref('b', 2, 5), id('a')) == tree_error::wrong_slot);
  CHECK(tree.size() == 2);
}

TEST_CASE_METHOD(fixture, "adding a block twice changes nothing") {
  add('a', 'G', 1, 5);
  add('a', 'G', 1, 5);
  CHECK(tree.size() == 2);
}

TEST_CASE_METHOD(fixture, "a preview says what a block would change and changes nothing") {
  add('a', 'G', 1, 1);
  const auto longer = tree.preview(ref('b', 2, 2), id('a'));
  REQUIRE(longer);
  CHECK(longer->head == ref('b', 2, 2));
  CHECK(longer->last_final == ref('a', 1, 1));
  CHECK(tree.head() == ref('a', 1, 1));
  CHECK(tree.last_final() == ref('G', 0, 0));
  CHECK(tree.preview(ref('c', 3, 5), id('x')) == tree_error::unknown_parent);
  const auto again = tree.preview(ref('a', 1, 1), id('G'));
  REQUIRE(again);
  CHECK(again->head == tree.head());
}

TEST_CASE_METHOD(fixture, "a route undoes newest first and applies oldest first") {
  add('a', 'G', 1, 3);
  add('b', 'a', 2, 5);
  add('c', 'b', 3, 8);
  add('x', 'a', 2, 10);
  add('y', 'x', 3, 12);
  add('z', 'y', 4, 14);
  const auto there = tree.route(id('c'), id('z')).value();
  CHECK(names(there.undone) == "cb");
  CHECK(names(there.applied) == "xyz");
  const auto back = tree.route(id('z'), id('c')).value();
  CHECK(names(back.undone) == "zyx");
  CHECK(names(back.applied) == "bc");
  const auto forward = tree.route(id('a'), id('c')).value();
  CHECK(forward.undone.empty());
  CHECK(names(forward.applied) == "bc");
  const auto nowhere = tree.route(id('c'), id('c')).value();
  CHECK((nowhere.undone.empty() && nowhere.applied.empty()));
  CHECK_FALSE(tree.route(id('c'), id('?')));
}
