// SPDX-License-Identifier: Apache-2.0
#include "spec_command.hpp"

#include "output.hpp"

#include <alys/actors/toml.hpp>
#include <alys/domain/chain/spec_file.hpp>
#include <alys/domain/chain/spec_import.hpp>

#include <fmt/format.h>

namespace alysd {

using namespace alys::domain;

namespace {

void print(const chain_spec& spec) { put(stdout, fmt::format("# commitment {}\n{}", to_hex(commitment_of(spec)), spec_to_toml(spec))); }

// The authorities of the JSON are of no use, and some of a spec is not in it: what to do about that.
[[nodiscard]] exit_code ask_for_additions(const spec_import& wanted, const std::string& json) {
  const auto form = spec_additions_form(json, wanted.json); // also says what is wrong with the JSON
  if (!form) return complain(form.error());
  if (wanted.form) {
    put(stdout, *form);
    return exit_code::success;
  }
  put(stderr,
      fmt::format("alysd: {0}: its authorities have BLS keys of 48 bytes, and authorities sign by BIP-340 here: each needs a new key, and "
                  "the JSON has no genesis time, drift, gas limit, base fee and accounts.\n"
                  "alysd: `alysd config import {0} --form` prints a file to fill in; give it with --with FILE\n",
                  wanted.json));
  return exit_code::configuration;
}

} // namespace

exit_code check_spec(const std::string& file) {
  const auto spec = load_spec(file);
  if (!spec) return complain(spec.error());
  print(*spec);
  return exit_code::success;
}

exit_code import_json(const spec_import& wanted) {
  const auto json = alys::read_config_file(wanted.json);
  if (!json) return complain(json.error());
  if (wanted.additions.empty()) return ask_for_additions(wanted, *json);
  const auto additions = alys::read_config_file(wanted.additions);
  if (!additions) return complain(additions.error());
  const auto made = import_spec({.json = *json, .json_name = wanted.json, .additions = *additions, .additions_name = wanted.additions});
  if (!made) return complain(made.error());
  for (const std::string& note : made->notes) put(stderr, fmt::format("alysd: {}\n", note));
  print(made->spec);
  return exit_code::success;
}

} // namespace alysd
