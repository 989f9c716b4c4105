// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/client/client_genesis.hpp>

#include <alys/domain/api/eth_encoding.hpp>

#include <array>
#include <string_view>

namespace alys::domain {

namespace {

// Named after what geth calls them; all from block 0 on.
constexpr std::array<std::string_view, 12> forks_by_height{
    "homesteadBlock",  "eip150Block",   "eip155Block", "eip158Block", "byzantiumBlock",    "constantinopleBlock",
    "petersburgBlock", "istanbulBlock", "berlinBlock", "londonBlock", "arrowGlacierBlock", "mergeNetsplitBlock"};

[[nodiscard]] std::string member(std::string_view name, const std::string& value) {
  return "  \"" + std::string{name} + "\": \"" + value + "\",\n";
}

// From Cancun on, clients want the schedule of blobs: that of Ethereum's mainnet, of which Alys makes no use.
[[nodiscard]] std::string later_forks(const execution_forks& forks) {
  if (!forks.cancun) return {};
  std::string times = "    \"cancunTime\": " + std::to_string(forks.cancun->value()) + ",\n";
  std::string blobs = R"("cancun": {"target": 3, "max": 6, "baseFeeUpdateFraction": 3338477})";
  if (forks.prague) {
    times += "    \"pragueTime\": " + std::to_string(forks.prague->value()) + ",\n";
    blobs += R"(, "prague": {"target": 6, "max": 9, "baseFeeUpdateFraction": 5007716})";
  }
  return times + "    \"blobSchedule\": {" + blobs + "},\n";
}

[[nodiscard]] std::string config_of(std::uint64_t chain_id, const execution_forks& forks) {
  std::string text = "  \"config\": {\n    \"chainId\": " + std::to_string(chain_id) + ",\n";
  for (const std::string_view fork : forks_by_height) text += "    \"" + std::string{fork} + "\": 0,\n";
  return text + "    \"shanghaiTime\": 0,\n" + later_forks(forks) +
         "    \"terminalTotalDifficulty\": 0,\n    \"terminalTotalDifficultyPassed\": true\n  },\n";
}

[[nodiscard]] std::string accounts_of(const execution_genesis& genesis) {
  std::string text = "  \"alloc\": {";
  bool first = true;
  for (const auto& [who, has] : genesis.accounts) {
    text += first ? "\n" : ",\n";
    first = false;
    text +=
        "    \"" + to_hex(who) + "\": {\"balance\": \"" + to_quantity(has.balance) + "\", \"nonce\": \"" + to_quantity(has.nonce) + "\"}";
  }
  return text + (first ? "}\n" : "\n  }\n");
}

} // namespace

std::string client_genesis_json(std::uint64_t chain_id, const execution_genesis& genesis) {
  const std::string nothing = to_hex(hash256{});
  return "{\n" + config_of(chain_id, genesis.forks) + member("nonce", "0x0") + member("timestamp", to_quantity(genesis.timestamp)) +
         member("extraData", to_hex(genesis.extra_data)) + member("gasLimit", to_quantity(genesis.gas_limit)) +
         member("baseFeePerGas", to_quantity(genesis.base_fee)) + member("difficulty", "0x0") + member("mixHash", nothing) +
         member("coinbase", to_hex(address{})) + member("parentHash", nothing) + member("number", "0x0") + member("gasUsed", "0x0") +
         accounts_of(genesis) + "}\n";
}

} // namespace alys::domain
