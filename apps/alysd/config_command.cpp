// SPDX-License-Identifier: Apache-2.0
#include "config_command.hpp"

#include "chain_place.hpp"
#include "engine_place.hpp"
#include "output.hpp"

#include <alys/actors/toml.hpp>

#include <fmt/format.h>

namespace alysd {

exit_code run_checked(const node_config& config, const node_options& options) {
  alys::problem_list problems;
  alys::validate_config(config, problems);
  if (!problems.empty()) {
    put(stderr, fmt::format("alysd: {}\n", alys::to_string(problems)));
    return exit_code::usage;
  }
  return run_node(config, options);
}

exit_code run_from_file(const std::string& file) {
  const auto config = alys::load_toml<node_config>(file);
  if (!config) return complain(config.error());
  return run_node(*config, {.config_file = file});
}

exit_code check_config(const std::string& file) {
  const auto config = alys::load_toml<node_config>(file);
  if (!config) return complain(config.error());
  const auto place = place_in_chain(config->chain);
  if (!place) return complain(place.error());
  if (const auto fits = check_engine(*config, place->spec); !fits) return complain(fits.error());
  fmt::print("{}", alys::to_toml(*config));
  return exit_code::success;
}

} // namespace alysd
