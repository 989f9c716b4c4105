// SPDX-License-Identifier: Apache-2.0
#include "init_command.hpp"

#include "config.hpp"
#include "output.hpp"

#include <alys/actors/toml.hpp>
#include <alys/domain/aura/key_file.hpp>
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/chain/spec_file.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace alysd {

using namespace alys::domain;

namespace {

namespace fs = std::filesystem;

// The keys of the new configuration that have no default, table by table.
struct first_lines {
  std::string data_folder;
};
ALYS_CONFIG(first_lines, data_folder)
struct chain_lines {
  std::string spec;
  std::string authority_key;
  std::string fee_recipient;
};
ALYS_CONFIG(chain_lines, spec, authority_key, fee_recipient)

[[nodiscard]] alys::result<void> make_folder(const fs::path& folder) {
  std::error_code failed;
  if (fs::create_directories(folder, failed); failed)
    return alys::fail(alys::category::configuration, folder.string() + ": cannot be made: " + failed.message());
  if (!fs::is_empty(folder, failed) || failed)
    return alys::fail(alys::category::configuration, folder.string() + ": must be a new or an empty folder");
  fs::permissions(folder, fs::perms::owner_all, failed);
  if (failed) return alys::fail(alys::category::configuration, folder.string() + ": cannot be closed to others: " + failed.message());
  return {};
}

[[nodiscard]] alys::result<void> write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file);
  out << text;
  out.close();
  if (out) return {};
  return alys::fail(alys::category::configuration, file.string() + ": cannot be written");
}

[[nodiscard]] chain_spec new_chain(std::uint64_t chain_id, const schnorr_public_key& authority) {
  chain_spec spec = dev_spec();
  spec.chain_id = chain_id;
  spec.genesis_time = to_unix(std::chrono::system_clock::now());
  spec.authorities = {authority};
  spec.federation.clear();
  spec.bitcoin.required_confirmations = block_count{144}; // a day
  spec.proof_of_work.bits = {0x1e25cdf2};
  spec.proof_of_work.hardest_bits = {0x1a322a97};
  spec.proof_of_work.no_retargeting = false;
  spec.accounts.clear();
  return spec;
}

[[nodiscard]] std::string configuration(const fs::path& folder, const std::string& fee_recipient) {
  return "# Configuration of this node. What is left out keeps its default; `alysd config check` prints all that is in effect.\n\n"
         "# Where the chain is.\n" +
         alys::to_toml(first_lines{folder / "data"}) +
         "\n[chain]\n# What all nodes of the chain agree on, the key that makes this one an authority, and who gets the tips of its "
         "blocks.\n" +
         alys::to_toml(chain_lines{folder / "spec.toml", folder / "authority.key", fee_recipient});
}

} // namespace

exit_code make_node(const new_node& wanted) {
  const fs::path folder = fs::absolute(wanted.folder).lexically_normal();
  const chain_config chain{.spec = folder / "spec.toml", .authority_key = folder / "authority.key", .fee_recipient = wanted.fee_recipient};
  alys::problem_list problems;
  chain.validate(problems);
  if (!problems.empty()) {
    put(stderr, fmt::format("alysd: {}\n", alys::to_string(problems)));
    return exit_code::usage;
  }
  if (const auto made = make_folder(folder); !made) return complain(made.error());
  const auto key = generate_key_file(chain.authority_key);
  if (!key) return complain(key.error());
  if (const auto written = write_file(chain.spec, spec_to_toml(new_chain(wanted.chain_id, *key))); !written)
    return complain(written.error());
  if (const auto written = write_file(folder / "alysd.toml", configuration(folder, wanted.fee_recipient)); !written)
    return complain(written.error());
  put(stdout, fmt::format("{0}: authority.key, spec.toml and alysd.toml of a new chain with the authority {1}\n"
                          "Nobody has coins on it yet: look through spec.toml before the first start, which fixes it.\n"
                          "alysd run --config {0}/alysd.toml\n",
                          folder.string(), to_hex(*key)));
  return exit_code::success;
}

exit_code make_key(const std::string& file) {
  const auto key = generate_key_file(file);
  if (!key) return complain(key.error());
  put(stdout, to_hex(*key) + "\n");
  return exit_code::success;
}

} // namespace alysd
