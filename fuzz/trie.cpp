// SPDX-License-Identifier: Apache-2.0
//
// Stored trie nodes: any bytes under the root's hash are a node or damage, for reads and for changes.
#include <alys/domain/engine/trie.hpp>

#include <cstdint>

namespace {

// Has the same node under every hash.
class one_node final : public alys::domain::state_source {
public:
  explicit one_node(alys::domain::bytes_view node) : node_(alys::domain::to_bytes(node)) {}
  [[nodiscard]] alys::result<std::optional<alys::domain::bytes>> node(const alys::domain::hash256&) const override {
    return std::optional{node_};
  }

private:
  alys::domain::bytes node_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const one_node nodes{{data, size}};
  constexpr auto root = alys::domain::hash256::literal("0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
  for (const auto* key : {"", "a", "0123456789abcdef0123456789abcdef"}) {
    alys::domain::trie t{root, nodes};
    static_cast<void>(t.get(alys::domain::bytes_of(key)));
    if (!t.put(alys::domain::bytes_of(key), alys::domain::bytes_of("value"))) continue;
    static_cast<void>(t.commit());
    if (t.erase(alys::domain::bytes_of(key))) static_cast<void>(t.commit());
  }
  return 0;
}
