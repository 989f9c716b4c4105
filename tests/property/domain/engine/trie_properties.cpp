// SPDX-License-Identifier: Apache-2.0
//
// The trie against a plain map: whatever happened to it, its content is the map's and its root is that of a trie built from the map alone.
#include "support/domain/memory_source.hpp"

#include <alys/domain/engine/trie.hpp>
#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/primitives/wei.hpp>

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

using model = std::map<bytes, bytes>;

[[nodiscard]] hash256 rebuilt_root(const model& content) {
  trie fresh;
  for (const auto& [key, value] : content) fresh.put(key, value).value();
  return fresh.commit().root;
}

// As often as they are there.
[[nodiscard]] std::multiset<hash256> nodes_of(const model& content) {
  trie fresh;
  for (const auto& [key, value] : content) fresh.put(key, value).value();
  std::multiset<hash256> all;
  for (const auto& node : fresh.commit().nodes) all.insert(node.hash);
  return all;
}

// Keys that share beginnings and are beginnings of each other; or hashes, as the state has them.
[[nodiscard]] rc::Gen<bytes> any_key() {
  auto crowded = rc::gen::resize(4, rc::gen::container<bytes>(rc::gen::element<std::uint8_t>(0x00, 0x01, 0x10, 0x11, 0xff)));
  auto hashed =
      rc::gen::map(rc::gen::inRange<std::uint8_t>(0, 60), [](std::uint8_t number) { return to_bytes(keccak256(bytes{number}).view()); });
  return rc::gen::oneOf(std::move(crowded), std::move(hashed));
}

// Short ones stand in their parent, long ones do not.
[[nodiscard]] rc::Gen<bytes> any_value() {
  return rc::gen::map(rc::gen::pair(rc::gen::element<std::size_t>(1, 2, 20, 31, 32, 33, 70), rc::gen::arbitrary<std::uint8_t>()),
                      [](const std::pair<std::size_t, std::uint8_t>& shape) { return bytes(shape.first, shape.second); });
}

// A trie that was stored and loaded now and then, and the map that it must equal.
struct subject {
  memory_source nodes;
  model content;
  trie t;

  void step() {
    switch (*rc::gen::weightedElement<int>({{10, 0}, {6, 1}, {2, 2}, {1, 3}})) {
      case 0:
      case 1: change(); break;
      case 2: nodes.add(t.commit().nodes); break;
      default: reload(); break;
    }
  }
  void change() {
    if (*rc::gen::inRange(0, 8) < 5) put(*any_key(), *any_value());
    else erase();
  }
  void put(const bytes& key, const bytes& value) {
    t.put(key, value).value();
    content[key] = value;
  }
  void erase() {
    const bool known = !content.empty() && *rc::gen::arbitrary<bool>();
    const bytes key = known ? std::next(content.begin(), *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(content)))->first : *any_key();
    t.erase(key).value();
    content.erase(key);
  }
  void reload() {
    const auto committed = t.commit();
    nodes.add(committed.nodes);
    t = trie{committed.root, nodes};
  }
};

} // namespace

TEST_CASE("after any operations the trie is the one that its content makes") {
  CHECK(rc::check([] {
    subject s;
    const auto steps = *rc::gen::inRange(0, 80);
    for (int i = 0; i < steps; ++i) s.step();
    for (const auto& [key, value] : s.content) RC_ASSERT(s.t.get(key).value() == value);
    const auto absent = *any_key();
    RC_ASSERT(s.t.get(absent).value().has_value() == s.content.contains(absent));
    RC_ASSERT(s.t.commit().root == rebuilt_root(s.content));
  }));
}

TEST_CASE("with what a commit adds and without what it drops the nodes of a trie become those of the next") {
  CHECK(rc::check([] {
    subject s;
    std::multiset<hash256> there;
    for (int commits = *rc::gen::inRange(1, 6); commits > 0; --commits) {
      for (int i = *rc::gen::inRange(0, 20); i > 0; --i) s.change();
      const auto committed = s.t.commit();
      s.nodes.add(committed.nodes);
      for (const auto& node : committed.nodes) there.insert(node.hash);
      for (const auto& hash : committed.dropped) {
        const auto found = there.find(hash);
        RC_ASSERT(found != there.end());
        there.erase(found);
      }
      RC_ASSERT(there == nodes_of(s.content));
      for (const auto& node : committed.nodes) RC_ASSERT(std::ranges::find(committed.dropped, node.hash) == committed.dropped.end());
      if (*rc::gen::arbitrary<bool>()) s.t = trie{committed.root, s.nodes};
    }
  }));
}

TEST_CASE("the order of insertion does not matter") {
  CHECK(rc::check([](std::uint32_t seed) {
    const auto content = *rc::gen::container<model>(any_key(), any_value());
    std::vector<std::pair<bytes, bytes>> shuffled(content.begin(), content.end());
    std::ranges::shuffle(shuffled, std::mt19937{seed});
    trie t;
    for (const auto& [key, value] : shuffled) t.put(key, value).value();
    RC_ASSERT(t.commit().root == rebuilt_root(content));
  }));
}

TEST_CASE("what is put and erased again leaves no trace") {
  CHECK(rc::check([] {
    subject s;
    for (int i = *rc::gen::inRange(0, 40); i > 0; --i) s.step();
    const auto root = s.t.commit().root;
    std::vector<bytes> added;
    for (const auto& key : *rc::gen::container<std::vector<bytes>>(any_key())) {
      if (s.content.contains(key)) continue;
      s.t.put(key, *any_value()).value();
      added.push_back(key);
    }
    for (const auto& key : added) s.t.erase(key).value();
    RC_ASSERT(s.t.commit().root == root);
  }));
}

TEST_CASE("commits store all nodes and no commit stores more than the paths that changed") {
  CHECK(rc::check([] {
    constexpr std::size_t longest_path = 12; // of a few hundred hashed keys
    memory_source nodes;
    trie t;
    for (std::uint32_t i = 0; i < 300; ++i) t.put(keccak256(to_word(i).view()).view(), bytes(40, 1)).value();
    nodes.add(t.commit().nodes);
    const auto touched = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 600));
    for (const auto i : touched) t.put(keccak256(to_word(i).view()).view(), bytes(40, 2)).value();
    const auto committed = t.commit();
    RC_ASSERT(committed.nodes.size() <= touched.size() * longest_path);
    nodes.add(committed.nodes);
    trie loaded{committed.root, nodes};
    for (const auto i : touched) RC_ASSERT(loaded.get(keccak256(to_word(i).view()).view()).value() == bytes(40, 2));
  }));
}
