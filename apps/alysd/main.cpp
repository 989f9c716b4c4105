// SPDX-License-Identifier: Apache-2.0
//
// The command line of alysd.
#include "config_command.hpp"
#include "init_command.hpp"
#include "node.hpp"
#include "output.hpp"
#include "spec_command.hpp"
#include "store_command.hpp"
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
  auto* dev = add_command(
      app, "dev", "Run a development node: a chain of its own with a funded account, on the embedded ledger or an execution client");
  dev->alias("devnet");
  auto config = std::make_shared<alysd::node_config>();
  auto options = std::make_shared<alysd::node_options>();
  auto slot_ms = std::make_shared<std::uint32_t>(2'000);
  config->data_folder = "alys-dev-data";
  config->log.level = "warning";
  dev->add_option("--data", config->data_folder, "Folder of the chain")->capture_default_str();
  dev->add_option("--backups", config->storage.backups, "Folder that createbackup makes its copies in");
  dev->add_option("--port", config->api.port, "Port of JSON-RPC on 127.0.0.1; 0: any free one")
      ->check(CLI::Range(0U, 65'535U))
      ->capture_default_str();
  dev->add_option("--slot-ms", *slot_ms, "Length of a slot in milliseconds")->check(CLI::Range(100U, 3'600'000U))->capture_default_str();
  dev->add_option("--blocks", options->stop_after_blocks, "Stop after this many blocks")->check(CLI::Range(1U, 1'000'000'000U));
  dev->add_option("--engine", config->engine.kind, "What executes transactions: ledger (in this process), ethereumjs, geth or external")
      ->capture_default_str();
  dev->add_option("--client", config->engine.program, "The client to start: geth itself, or cli.js of @ethereumjs/client");
  dev->add_option("--engine-port", config->engine.engine_port, "Port of the client's Engine API")->capture_default_str();
  dev->add_option("--engine-rpc-port", config->engine.rpc_port, "Port of the client's eth_ methods")->capture_default_str();
  dev->add_option("--engine-secret", config->engine.secret, "File with the secret of an external client");
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

void add_import(CLI::App& config, exit_code& code) {
  auto* spec = add_command(config, "import", "Make a chain spec of the JSON of the earlier implementation in Rust");
  auto wanted = std::make_shared<alysd::spec_import>();
  spec->add_option("json", wanted->json, "Its chain spec")->required();
  auto* with = spec->add_option("--with", wanted->additions, "A file with what the JSON does not have");
  spec->add_flag("--form", wanted->form, "Print such a file, to fill in")->excludes(with);
  spec->callback([=, &code] { code = alysd::import_json(*wanted); });
}

void add_config(CLI::App& app, exit_code& code) {
  auto* config = add_command(app, "config", "Work with configuration files");
  require_command(*config);
  auto* check = add_command(*config, "check", "Check a file and print the effective configuration");
  auto file = std::make_shared<std::string>();
  auto is_spec = std::make_shared<bool>(false);
  check->add_option("file", *file, "The file")->required();
  check->add_flag("--spec", *is_spec, "It is a chain spec");
  check->callback([=, &code] { code = *is_spec ? alysd::check_spec(*file) : alysd::check_config(*file); });
  add_import(*config, code);
}

void add_init(CLI::App& app, exit_code& code) {
  auto* init = add_command(app, "init", "Make a folder for a new chain with one authority: key, chain spec, configuration");
  auto wanted = std::make_shared<alysd::new_node>();
  init->add_option("folder", wanted->folder, "The folder; new or empty")->required();
  init->add_option("--chain-id", wanted->chain_id, "Of the chain (EIP-155)")
      ->required()
      ->check(CLI::Range(1ULL, 9'223'372'036'854'775'771ULL));
  init->add_option("--fee-recipient", wanted->fee_recipient, "The address that gets the tips of this node's blocks")->required();
  init->callback([=, &code] { code = alysd::make_node(*wanted); });

  auto* keygen = add_command(app, "keygen", "Make a key file for an authority and print the public key");
  auto file = std::make_shared<std::string>();
  keygen->add_option("file", *file, "The file; a new one")->required();
  keygen->callback([=, &code] { code = alysd::make_key(*file); });
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

void add_backup(CLI::App& app, exit_code& code) {
  auto* backup = add_command(app, "backup", "Copy the chain of a node that does not run, and check the copy");
  auto data = std::make_shared<std::string>();
  auto to = std::make_shared<std::string>();
  backup->add_option("--data", *data, "Folder of the chain")->required();
  backup->add_option("--to", *to, "Folder for the copy; must not exist or be empty")->required();
  backup->callback([=, &code] { code = alysd::back_up(*data, *to); });
}

void add_restore(CLI::App& app, exit_code& code) {
  auto* restore = add_command(app, "restore", "Make a data folder of a backup, and check it");
  auto from = std::make_shared<std::string>();
  auto data = std::make_shared<std::string>();
  restore->add_option("--from", *from, "Folder of the backup; it stays as it is")->required();
  restore->add_option("--data", *data, "Folder of the chain; must not exist or be empty")->required();
  auto spec = std::make_shared<std::string>();
  restore->add_option("--spec", *spec, "Chain spec that the backup must be of");
  restore->callback([=, &code] { code = alysd::restore(*from, *data, *spec); });
}

void add_verify(CLI::App& app, exit_code& code) {
  auto* verify = add_command(app, "verify", "Read and check everything in the folder of a node that does not run");
  auto data = std::make_shared<std::string>();
  verify->add_option("--data", *data, "Folder of the chain")->required();
  verify->callback([=, &code] { code = alysd::verify(*data); });
}

void add_repair(CLI::App& app, exit_code& code) {
  auto* repair = add_command(app, "repair", "Show what is damaged in the folder of a node that does not run, and what can be kept");
  auto order = std::make_shared<alysd::repair_order>();
  repair->add_option("--data", order->data_folder, "Folder of the chain")->required();
  repair->add_option("--spec", order->spec_file, "Chain spec, from which lost state of the embedded ledger follows");
  repair->add_flag("--yes", order->carry_out, "Do it; the damaged files are kept beside");
  repair->add_flag("--forget-vote", order->forget_vote, "Do it also if what the authority signed last cannot be read");
  repair->callback([=, &code] { code = alysd::repair(*order); });
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
  add_init(app, code);
  add_tree(app, code);
  add_backup(app, code);
  add_restore(app, code);
  add_verify(app, code);
  add_repair(app, code);
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
