// SPDX-License-Identifier: Apache-2.0
#include "store_command.hpp"

#include "output.hpp"

#include <alys/domain/chain/genesis.hpp>
#include <alys/domain/chain/spec_difference.hpp>
#include <alys/domain/chain/spec_file.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/leveldb_store.hpp>
#include <alys/domain/storage/store_repair.hpp>
#include <alys/domain/storage/store_restore.hpp>

#include <fmt/format.h>

namespace alysd {

using namespace alys::domain;

namespace {

// A node would make a folder that is not there; these commands must not.
[[nodiscard]] alys::result<std::shared_ptr<leveldb_store>> open_existing(const std::string& folder) {
  if (!std::filesystem::exists(std::filesystem::path{folder} / "chain"))
    return alys::fail(store_error::unreadable, folder + ": there is no chain in it");
  auto opened = leveldb_store::open(folder);
  if (const auto before = opened ? (*opened)->migrated_from() : std::nullopt)
    put(stdout, fmt::format("the store had schema version {} and has {} now: earlier programs refuse it\n", *before, store_schema_version));
  return opened;
}

[[nodiscard]] std::string words_for(const std::optional<chain_progress>& at) {
  if (!at) return "no blocks yet";
  return fmt::format("head at height {}, id {}; genesis {}", at->head.height.value(), to_hex(at->head.id), to_hex(at->genesis));
}

// A node that has the folder makes the backup itself.
[[nodiscard]] alys::error with_way_out(const alys::error& e) {
  if (e != store_error::in_use) return e;
  return alys::fail(store_error::in_use,
                    e.text() + ". A node that runs makes backups of itself: configure storage.backups and call createbackup");
}

[[nodiscard]] chain_test is_chain_of(const chain_spec& spec, const std::string& file) {
  return [&spec, file](const block& genesis, const block& head) -> alys::result<void> {
    if (genesis.header.parent.content() == commitment_of(spec).content()) return {};
    return alys::fail(alys::category::configuration, "the backup is of another chain than " + file +
                                                         " describes: " + differences(spec, genesis, head) +
                                                         ". Give the spec of the backup's chain, or a backup of this one");
  };
}

[[nodiscard]] std::string words_for_chain(const repair_plan& plan) {
  const std::string kept =
      fmt::format("height {}, id {}; final up to {}", plan.head.height.value(), to_hex(plan.head.id), plan.last_final.height.value());
  if (!plan.recorded) return "  head: cannot be read; will be " + kept + "\n";
  if (plan.head == plan.recorded->head && plan.last_final == plan.recorded->last_final) return "  head: stays " + kept + "\n";
  return fmt::format("  head: was height {}, id {}; final up to {}\n        will be {}\n", plan.recorded->head.height.value(),
                     to_hex(plan.recorded->head.id), plan.recorded->last_final.height.value(), kept);
}

[[nodiscard]] std::string words_for_final(const repair_plan& plan) {
  if (!plan.recorded || plan.head.height >= plan.recorded->last_final.height) return "";
  return fmt::format(
      "        blocks {} to {} were FINAL, and are lost here: get them from another node, or restore a backup that has them\n",
      plan.head.height.value() + 1, plan.recorded->last_final.height.value());
}

[[nodiscard]] std::string words_for_state(const repair_plan& plan) {
  switch (plan.state) {
    case repaired_state::kept: return "  state of the embedded ledger: kept\n";
    case repaired_state::computed:
      return fmt::format("  state of the embedded ledger: {} blocks were executed again for it\n", plan.executed);
    case repaired_state::none: break;
  }
  return "  state of the embedded ledger: none. A node on an execution client needs none; for the ledger give --spec, if you did not, and "
         "all\n"
         "        blocks are executed again\n";
}

[[nodiscard]] std::string words_for_vote(const repair_plan& plan) {
  if (!plan.vote_is_known)
    return "  vote: UNKNOWN. What this node's authority signed last cannot be read for certain. A node that signs for a slot twice breaks\n"
           "        what finality rests upon. --forget-vote: nothing is signed for slots that have begun by now; that needs a clock that "
           "is\n"
           "        right. A node without a key loses nothing by it\n";
  if (!plan.recorded->vote) return "  vote: nothing was signed\n";
  return fmt::format("  vote: kept; nothing is signed for slots up to {}\n", plan.recorded->vote->slot.value());
}

[[nodiscard]] std::string words_for(const repair_plan& plan) {
  std::string text = "damaged:\n";
  for (const std::string& each : plan.damage) text += "  " + each + "\n";
  if (plan.half_done) return text + "to be done:\n  the repaired store is put in its place\n";
  text += "after a repair:\n" + words_for_chain(plan) + words_for_final(plan);
  text += fmt::format("  whole blocks that are dropped, above the head or beside its chain: {}\n", plan.whole_blocks_dropped);
  text += fmt::format("  transactions that wait: {}, of them {} out of dropped blocks\n", plan.waiting, plan.given_back);
  return text + words_for_state(plan) + words_for_vote(plan);
}

} // namespace

exit_code back_up(const std::string& data_folder, const std::string& to) {
  const auto store = open_existing(data_folder);
  if (!store) return complain(with_way_out(store.error()));
  const auto copied = (*store)->copy_to(to);
  if (!copied) return complain(copied.error());
  put(stdout, fmt::format("backed up and checked: {} records; {}\n", copied->records, words_for(copied->progress)));
  return exit_code::success;
}

exit_code restore(const std::string& backup, const std::string& data_folder, const std::string& spec_file) {
  chain_spec spec;
  chain_test belongs;
  if (!spec_file.empty()) {
    auto loaded = load_spec(spec_file);
    if (!loaded) return complain(loaded.error());
    spec = *std::move(loaded);
    belongs = is_chain_of(spec, spec_file);
  }
  const auto restored = restore_store(backup, data_folder, to_unix(std::chrono::system_clock::now()), belongs);
  if (!restored) return complain(restored.error());
  put(stdout, fmt::format("restored and checked: {} records; {}\n", restored->found.records, words_for(restored->progress)));
  return exit_code::success;
}

exit_code verify(const std::string& data_folder) {
  const auto store = open_existing(data_folder);
  if (!store) return complain(store.error());
  const auto found = (*store)->check();
  if (!found) return complain(found.error());
  const auto at = (*store)->progress();
  if (!at) return complain(at.error());
  put(stdout, fmt::format("whole: {} records, {} blocks; {}\n", found->records, found->blocks, words_for(*at)));
  return exit_code::success;
}

exit_code repair(const repair_order& order) {
  std::optional<execution_genesis> first;
  if (!order.spec_file.empty()) {
    const auto spec = load_spec(order.spec_file);
    if (!spec) return complain(spec.error());
    first = execution_genesis_of(*spec);
  }
  auto looked = store_repair::look(order.data_folder, first);
  if (!looked) return complain(looked.error());
  const repair_plan& plan = looked->plan();
  if (plan.damage.empty()) {
    put(stdout, "nothing to repair\n");
    return exit_code::success;
  }
  put(stdout, words_for(plan));
  if (!order.carry_out) {
    put(stderr, fmt::format("alysd: {}: is damaged, and nothing was changed. alysd repair --data {} --yes does what is said above\n",
                            order.data_folder, order.data_folder));
    return exit_code::data_damaged;
  }
  const auto done = looked->carry_out({to_unix(std::chrono::system_clock::now()), order.forget_vote});
  if (done == repair_refusal::vote_unknown) {
    put(stderr, fmt::format("alysd: {}: {}, and nothing was changed. Give --forget-vote, too, if that may be\n", order.data_folder,
                            done.error().text()));
    return exit_code::usage;
  }
  if (!done) return complain(done.error());
  put(stdout, fmt::format("repaired and checked; {}\n", done->progress ? words_for(done->progress) : "its store is in its place"));
  if (!done->damaged.empty()) put(stdout, fmt::format("the damaged files are in {}\n", done->damaged.string()));
  return exit_code::success;
}

} // namespace alysd
