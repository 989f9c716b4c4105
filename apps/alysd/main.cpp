// SPDX-License-Identifier: Apache-2.0
//
// The command line of alysd.
#include "config_command.hpp"
#include "node.hpp"
#include "output.hpp"
#include "tree_command.hpp"
#include "version.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace {

using alysd::exit_code;

// One of its commands must be given.
void require_command(CLI::App& app) {
  app.require_subcommand(0, 1); // at most: so that a word which is no command is named, and not just missed
  app.callback([&app] {
    if (!app.get_subcommands().empty()) return;
    std::string names;
    for (const CLI::App* each : app.get_subcommands({})) names += (names.empty() ? "" : ", ") + each->get_name();
    throw CLI::RequiredError("a command (" + names + ")");
  });
}

CLI::App* add_command(CLI::App& app, const char* name, const char* purpose) {
  CLI::App* command = app.add_subcommand(name, purpose);
  command->set_version_flag("--version", alysd::version_line);
  return command;
}

// The options of `alysd dev`, over the defaults of a configuration.
void add_dev(CLI::App& app, exit_code& code) {
  auto* dev = add_command(app, "dev", "Run a development node: one process, embedded ledger, a funded account");
  auto config = std::make_shared<alysd::node_config>();
  auto options = std::make_shared<alysd::node_options>();
  auto slot_ms = std::make_shared<std::uint32_t>(2'000);
  config->data_folder = "alys-dev-data";
  config->log.level = "warning";
  dev->add_option("--data", config->data_folder, "Folder of the chain")->capture_default_str();
  dev->add_option("--port", config->api.port, "Port of JSON-RPC on 127.0.0.1; 0: any free one")
      ->check(CLI::Range(0U, 65'535U))
      ->capture_default_str();
  dev->add_option("--slot-ms", *slot_ms, "Length of a slot in milliseconds")->check(CLI::Range(100U, 3'600'000U))->capture_default_str();
  dev->add_option("--blocks", options->stop_after_blocks, "Stop after this many blocks")->check(CLI::Range(1U, 1'000'000'000U));
  dev->add_option("--log-level", config->log.level, "debug, info, warning or error")->capture_default_str();
  dev->add_flag("--dev-faults", config->dev_faults, "Let JSON-RPC make actors fail");
  dev->callback([=, &code] {
    config->chain.slot_duration = std::chrono::milliseconds{*slot_ms};
    code = alysd::run_checked(*config, *options);
  });
}

void add_run(CLI::App& app, exit_code& code) {
  auto* run = add_command(app, "run", "Run a node from a configuration file");
  auto file = std::make_shared<std::string>();
  run->add_option("--config", *file, "The file")->required();
  run->callback([=, &code] { code = alysd::run_from_file(*file); });
}

void add_config(CLI::App& app, exit_code& code) {
  auto* config = add_command(app, "config", "Work with configuration files");
  require_command(*config);
  auto* check = add_command(*config, "check", "Check a file and print the effective configuration");
  auto file = std::make_shared<std::string>();
  check->add_option("file", *file, "The file")->required();
  check->callback([=, &code] { code = alysd::check_config(*file); });
}

void add_tree(CLI::App& app, exit_code& code) {
  auto* tree = add_command(app, "tree", "Show the actors of a running node: states, incarnations, restarts, queues");
  auto wanted = std::make_shared<alysd::tree_view>();
  tree->add_option("--url", wanted->url, "JSON-RPC of the node")->capture_default_str();
  tree->add_flag("--json", wanted->json, "As JSON");
  tree->add_flag("--asks", wanted->asks, "Who may ask whom, in place of the tree");
  tree->add_flag("--policies", wanted->policies, "The effective policy of each slot too");
  tree->add_option("--watch", wanted->watch_seconds, "Again every so many seconds, with messages per second")
      ->check(CLI::Range(1U, 3'600U))
      ->expected(0, 1)
      ->default_str("1");
  tree->callback([=, &code] { code = alysd::show_tree(*wanted); });
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"alysd: a node of the Alys sidechain", "alysd"};
  app.set_version_flag("--version", alysd::version_line);
  app.failure_message(
      [](const CLI::App*, const CLI::Error& e) { return std::string{"alysd: "} + e.what() + "\nalysd: see alysd --help\n"; });
  require_command(app);
  exit_code code = exit_code::success;
  add_dev(app, code);
  add_run(app, code);
  add_config(app, code);
  add_tree(app, code);
  try {
    alysd::require_standard_streams();
    app.parse(argc, argv);
    return static_cast<int>(code);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(exit_code::usage);
  } catch (const std::exception& e) {
    std::cerr << "alysd: " << e.what() << '\n';
    return static_cast<int>(exit_code::supervision);
  }
}
