// SPDX-License-Identifier: Apache-2.0
//
// The trie against the vectors of https://github.com/ethereum/tests (TrieTests), and what it costs and says when nodes are loaded.
#include "support/domain/memory_source.hpp"

#include <alys/domain/engine/ordered_root.hpp>
#include <alys/domain/engine/rlp.hpp>
#include <alys/domain/engine/trie.hpp>
#include <alys/domain/primitives/digest.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace alys::domain;
using namespace alys::domain::test;

namespace {

// A key with its value; without a value it is to be erased.
using operation = std::pair<std::string_view, std::optional<std::string_view>>;

// The tests write bytes as text, or as hexadecimal text.
[[nodiscard]] bytes data_of(std::string_view text) { return text.starts_with("0x") ? from_hex(text).value() : to_bytes(bytes_of(text)); }

[[nodiscard]] std::string root_after(const std::vector<operation>& operations, bool hash_keys) {
  trie t;
  for (const auto& [key, value] : operations) {
    const bytes plain = data_of(key);
    const bytes used = hash_keys ? to_bytes(keccak256(plain).view()) : plain;
    if (value) t.put(used, data_of(*value)).value();
    else t.erase(used).value();
  }
  return to_hex(t.commit().root);
}

// A trie with 1000 entries, all of it in a source.
struct stored_trie {
  memory_source nodes;
  hash256 root;

  stored_trie() {
    trie t;
    for (int i = 0; i < 1000; ++i) t.put(key(i).view(), bytes_of("value " + std::to_string(i))).value();
    const auto committed = t.commit();
    nodes.add(committed.nodes);
    root = committed.root;
  }
  [[nodiscard]] static hash256 key(int i) { return keccak256(bytes_of(std::to_string(i))); }
};

} // namespace

TEST_CASE("a trie without entries has the empty root") {
  trie t;
  CHECK(t.commit().root == empty_trie_root);
  CHECK(t.commit().nodes.empty());
  CHECK(empty_trie_root == keccak256(rlp_string({})));
}

TEST_CASE("the trie has the roots of the Ethereum tests") {
  CHECK(root_after({{"do", "verb"},
                    {"ether", "wookiedoo"},
                    {"horse", "stallion"},
                    {"shaman", "horse"},
                    {"doge", "coin"},
                    {"ether", {}},
                    {"dog", "puppy"},
                    {"shaman", {}}},
                   false) == "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84");
  CHECK(root_after({{"0x0000000000000000000000000000000000000000000000000000000000000045", "0x22b224a1420a802ab51d326e29fa98e34c4f24ea"},
                    {"0x0000000000000000000000000000000000000000000000000000000000000046",
                     "0x67706c2076330000000000000000000000000000000000000000000000000000"},
                    {"0x0000000000000000000000000000000000000000000000000000001234567890", "0x697c7b8c961b56f675d570498424ac8de1a918f6"},
                    {"0x000000000000000000000000697c7b8c961b56f675d570498424ac8de1a918f6", "0x1234567890"},
                    {"0x0000000000000000000000007ef9e639e2733cb34e4dfc576d4b23f72db776b2",
                     "0x4655474156000000000000000000000000000000000000000000000000000000"},
                    {"0x000000000000000000000000ec4f34c97e43fbb2816cfd95e388353c7181dab1",
                     "0x4e616d6552656700000000000000000000000000000000000000000000000000"},
                    {"0x4655474156000000000000000000000000000000000000000000000000000000", "0x7ef9e639e2733cb34e4dfc576d4b23f72db776b2"},
                    {"0x4e616d6552656700000000000000000000000000000000000000000000000000", "0xec4f34c97e43fbb2816cfd95e388353c7181dab1"},
                    {"0x0000000000000000000000000000000000000000000000000000001234567890", {}},
                    {"0x000000000000000000000000697c7b8c961b56f675d570498424ac8de1a918f6",
                     "0x6f6f6f6820736f2067726561742c207265616c6c6c793f000000000000000000"},
                    {"0x6f6f6f6820736f2067726561742c207265616c6c6c793f000000000000000000", "0x697c7b8c961b56f675d570498424ac8de1a918f6"}},
                   false) == "0x9f6221ebb8efe7cff60a716ecb886e67dd042014be444669f0159d8e68b42100");
  CHECK(root_after({{"key1aa", "0123456789012345678901234567890123456789xxx"},
                    {"key1", "0123456789012345678901234567890123456789Very_Long"},
                    {"key2bb", "aval3"},
                    {"key2", "short"},
                    {"key3cc", "aval3"},
                    {"key3", "1234567890123456789012345678901"}},
                   false) == "0xcb65032e2f76c48b82b5c24b3db8f670ce73982869d38cd39a624f23d62a9e89");
}

TEST_CASE("a trie with hashed keys has the root of the Ethereum tests") {
  const auto* no_code_nor_storage =
      "a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d2460186f7233c927e7db2dcc703c0e500b653"
      "ca82273b7bfad8045d85a470";
  const auto first = std::string{"0xf848018405f446a7"} + no_code_nor_storage;
  const auto fourth = std::string{"0xf8448080"} + no_code_nor_storage;
  const auto fifth = std::string{"0xf8478083019a59"} + no_code_nor_storage;
  CHECK(root_after(
            {{"0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b", first},
             {"0x095e7baea6a6c7c4c2dfeb977efac326af552d87",
              "0xf8440101a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a004bccc5d94f4d1f99aab44369a910179931772f2a5"
              "c001c3229f57831c102769"},
             {"0xd2571607e241ecf590ed94b12d87c94babe36db6",
              "0xf8440180a0ba4b47865c55a341a4a78759bb913cd15c3ee8eaf30a62fa8d1c8863113d84e8a0c5d2460186f7233c927e7db2dcc703c0e500b653ca"
              "82273b7bfad8045d85a470"},
             {"0x62c01474f089b07dae603491675dc5b5748f7049", fourth},
             {"0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", fifth}},
            true) == "0x730a444e08ab4b8dee147c9b232fc52d34a223d600031c1e9d25bfc985cbd797");
}

TEST_CASE("dogs have their root in any order") {
  std::vector<operation> dogs{{"doe", "reindeer"}, {"dog", "puppy"}, {"dogglesworth", "cat"}};
  std::sort(dogs.begin(), dogs.end());
  do {
    CHECK(root_after(dogs, false) == "0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3");
    CHECK(root_after(dogs, true) == "0xd4cd937e4a4368d7931a9cf51686b7e10abb3dce38a39000fd7902a092b64585");
  } while (std::next_permutation(dogs.begin(), dogs.end()));
}

TEST_CASE("what was put is found and what was erased is not") {
  trie t;
  t.put(bytes_of("dog"), bytes_of("puppy")).value();
  t.put(bytes_of("doge"), bytes_of("coin")).value();
  CHECK(t.get(bytes_of("dog")).value() == to_bytes(bytes_of("puppy")));
  CHECK(t.get(bytes_of("doge")).value() == to_bytes(bytes_of("coin")));
  CHECK(t.get(bytes_of("do")).value() == std::nullopt);
  CHECK(t.get(bytes_of("doges")).value() == std::nullopt);
  CHECK(t.get({}).value() == std::nullopt);
  t.put(bytes_of("dog"), {}).value();
  CHECK(t.get(bytes_of("dog")).value() == std::nullopt);
  t.erase(bytes_of("doge")).value();
  t.erase(bytes_of("never there")).value();
  CHECK(t.commit().root == empty_trie_root);
}

TEST_CASE("a commit yields only what changed since the last") {
  trie t;
  for (int i = 0; i < 1000; ++i) t.put(stored_trie::key(i).view(), bytes_of("value")).value();
  const auto all = t.commit();
  CHECK(all.nodes.size() > 1000);
  CHECK(t.commit().nodes.empty());
  t.put(stored_trie::key(1).view(), bytes_of("another")).value();
  const auto one = t.commit();
  CHECK(one.nodes.size() <= 6);
  CHECK(one.nodes.back().hash == one.root);
  for (const auto& [hash, rlp] : one.nodes) CHECK(hash == keccak256(rlp));
}

TEST_CASE("a change loads the nodes on its path and no others") {
  stored_trie stored;
  trie t{stored.root, stored.nodes};
  CHECK(t.get(stored_trie::key(7).view()).value() == to_bytes(bytes_of("value 7")));
  CHECK(stored.nodes.reads() <= 6);
  t.put(stored_trie::key(7).view(), bytes_of("new")).value();
  CHECK(t.commit().nodes.size() <= 6);
  CHECK(stored.nodes.reads() <= 6);
}

TEST_CASE("a loaded trie continues as if it had never been stored") {
  stored_trie stored;
  trie loaded{stored.root, stored.nodes};
  trie kept;
  for (int i = 0; i < 1000; ++i) kept.put(stored_trie::key(i).view(), bytes_of("value " + std::to_string(i))).value();
  for (int i = 0; i < 1000; i += 3) {
    loaded.erase(stored_trie::key(i).view()).value();
    kept.erase(stored_trie::key(i).view()).value();
  }
  CHECK(loaded.commit().root == kept.commit().root);
  for (int i = 0; i < 1000; ++i) loaded.erase(stored_trie::key(i).view()).value();
  CHECK(loaded.commit().root == empty_trie_root);
}

TEST_CASE("a root shorter than a hash is stored and loaded under its hash") {
  trie t;
  t.put(bytes_of("a"), bytes_of("b")).value();
  const auto committed = t.commit();
  REQUIRE(committed.nodes.size() == 1);
  CHECK(committed.nodes[0].rlp.size() < 32);
  memory_source nodes;
  nodes.add(committed.nodes);
  trie again{committed.root, nodes};
  CHECK(again.get(bytes_of("a")).value() == to_bytes(bytes_of("b")));
  CHECK(t.commit().nodes.empty());
  CHECK(t.commit().root == committed.root);
  again.put(bytes_of("a"), bytes_of("c")).value();
  t.put(bytes_of("a"), bytes_of("c")).value();
  CHECK(again.commit().root == t.commit().root);
}

TEST_CASE("missing and damaged nodes are failures of category corruption") {
  stored_trie stored;
  stored.nodes.remove(stored.root);
  trie missing{stored.root, stored.nodes};
  const auto e = missing.get(stored_trie::key(1).view()).error();
  CHECK(e == trie_error::missing_node);
  CHECK(e.failed());
  CHECK(e.category() == alys::category::corruption);
  CHECK(e.text() == to_hex(stored.root));
  CHECK(missing.put(stored_trie::key(1).view(), bytes_of("x")) == trie_error::missing_node);
  CHECK(missing.erase(stored_trie::key(1).view()) == trie_error::missing_node);

  const std::string to_itself = "0xe200a0" + to_hex_digits(stored.root.view()); // an extension without a path
  for (const std::string content :
       {"0x", "0x80", "0xc0", "0xc22080", "0xc22101", "0xc3808080", "0xc28001", "0xc20080", "0xc482600001", to_itself.c_str()}) {
    INFO(content);
    stored.nodes.damage(stored.root, from_hex(content).value());
    trie damaged{stored.root, stored.nodes};
    CHECK(damaged.get(stored_trie::key(1).view()) == trie_error::damaged_node);
  }
}

TEST_CASE("a list has the root of its trie by position") {
  CHECK(ordered_root({}) == empty_trie_root);
  trie t;
  std::vector<bytes> items;
  for (std::uint8_t i = 0; i < 200; ++i) {
    items.push_back(bytes(40, i));
    t.put(rlp_integer(i), items.back()).value();
  }
  CHECK(ordered_root(items) == t.commit().root);
}
