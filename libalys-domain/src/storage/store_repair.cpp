// SPDX-License-Identifier: Apache-2.0
//
// Looking, deciding, and writing anew.
#include <alys/domain/storage/store_repair.hpp>

#include "past_slots.hpp"
#include "repaired_folder.hpp"
#include "salvage.hpp"
#include "salvaged_chain.hpp"
#include "salvaged_state.hpp"
#include "store_check.hpp"
#include "store_copy.hpp"

#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/storage/backup.hpp>
#include <alys/domain/storage/keys.hpp>
#include <alys/domain/storage/records.hpp>

#include <algorithm>
#include <unordered_set>

namespace alys::domain {
namespace {

namespace fs = std::filesystem;

[[nodiscard]] error located(const error& e, const fs::path& folder) {
  const std::string where = folder.string();
  return {e.kind(), e.code(), e.category(), e.severity(), e.text().starts_with(where) ? e.text() : where + ": " + e.text()};
}

// What is wrong in words; an error that is not damage stays one.
[[nodiscard]] result<std::string> words_for_damage(const error& e) {
  if (e == store_error::damaged) return e.text();
  return e;
}

// The head's state, if an embedded ledger has executed it. It is known by its header among the state, or has lost that, if the ledger can execute it.
[[nodiscard]] result<std::string> damage_in_state(const record_reader& reader) {
  const auto progress = reader.read(key_of(store_table::progress), decode_progress);
  if (!progress) return progress.error();
  if (!*progress) return std::string{};
  const auto head = reader.read_block((*progress)->head.id);
  if (!head) return head.error();
  const execution_payload& payload = (*head)->payload; // it was found just now
  salvaged_state state{reader};
  const auto known = state.node(payload.block_hash);
  if (!known) return known.error();
  if (*known) return state_walk{state}.is_whole(payload.state_root) ? "" : "of the state of the head nodes are missing";
  const auto below = state.node(payload.parent_hash);
  if (!below) return below.error();
  const auto parent = *below ? decode_header(**below) : fail(store_error::damaged);
  if (!parent || !state_walk{state}.is_whole(parent->state_root)) return std::string{}; // an execution client has it
  const auto accepted = state.accepts(*parent, **head);
  if (!accepted) return accepted.error();
  return *accepted ? "the state of the head is missing" : "";
}

// What a node would say that starts in the folder, or comes upon it later; empty: all is well.
[[nodiscard]] result<std::string> find_damage(const fs::path& folder, const folder_lock& lock) {
  auto shared = lock.share();
  if (!shared) return shared.error();
  const auto opened = open_store(folder, *std::move(shared), std::make_shared<folder_view>());
  if (!opened) return words_for_damage(opened.error());
  const record_reader reader{*opened->database};
  if (const auto whole = check_all(reader); !whole) return words_for_damage(whole.error());
  const auto state = damage_in_state(reader);
  return state ? state : words_for_damage(state.error());
}

// The damage by file, then by table, then by the first records.
[[nodiscard]] std::vector<std::string> describe(const std::string& first, const salvage& from, const salvaged_records& records) {
  std::vector<std::string> lines{first};
  lines.insert(lines.end(), from.lost().begin(), from.lost().end());
  for (const auto& [table, count] : records.damaged)
    lines.push_back("in table '" + std::string{table} + "' " + std::to_string(count) + " records fail their checks");
  for (const std::string& name : records.examples) lines.push_back("fails its checks: " + name);
  return lines;
}

} // namespace

struct store_repair::content {
  content(fs::path f, folder_lock l) : folder(std::move(f)), lock(std::move(l)) {}

  [[nodiscard]] result<void> look(const std::optional<execution_genesis>& first);
  [[nodiscard]] result<void> plan_anew(const std::string& first_damage, const std::optional<execution_genesis>& first);
  [[nodiscard]] result<void> find_waiting();
  [[nodiscard]] result<void> recover_state(const std::optional<execution_genesis>& first);
  [[nodiscard]] result<void> write_anew(const repair_options& options);
  [[nodiscard]] result<void> write_blocks(store_copy& to) const;
  [[nodiscard]] result<void> write_block(store_copy& to, const block_ref& ref) const;
  [[nodiscard]] result<void> write_journal(store_copy& to) const;
  [[nodiscard]] result<void> write_progress(store_copy& to, const repair_options& options);
  [[nodiscard]] result<std::optional<vote_lock>> vote(const repair_options& options) const;
  [[nodiscard]] result<block> read(const block_id& id) const;

  fs::path folder;
  folder_lock lock;
  repair_plan plan;

  std::optional<salvage> from; // of a damaged store
  salvaged_records records;
  std::vector<block_ref> chain;
  std::vector<block_id> given_up; // whole blocks above the head, by height
  std::unordered_set<hash256> waiting;
  std::optional<salvaged_state> state;
  std::optional<chain_progress> done;
};

// ---- looking

result<void> store_repair::content::look(const std::optional<execution_genesis>& first) {
  plan.half_done = has_repaired_folder(folder);
  if (plan.half_done) {
    plan.damage = {"a repair was stopped before the repaired store was in its place"};
    return {};
  }
  const auto damage = find_damage(folder, lock);
  if (!damage) return damage.error();
  return damage->empty() ? result<void>{} : plan_anew(*damage, first);
}

result<void> store_repair::content::plan_anew(const std::string& first_damage, const std::optional<execution_genesis>& first) {
  auto opened = salvage::open((folder / "chain").string(), std::make_shared<folder_view>());
  if (!opened) return damaged(first_damage + ". Nothing of it can be read: " + opened.error().text());
  from = *std::move(opened);
  records = read_records(*from);
  if (records.schema && *records.schema > store_schema_version)
    return fail(store_error::newer_schema, "written with schema version " + std::to_string(*records.schema) + ": use the newer program");
  disk files;
  const auto reported = commit_file{files, folder}.read();
  const std::uint64_t durable = reported && *reported ? **reported : 0;
  plan.vote_is_known = records.progress && records.progress_is_newest && durable > 0 && records.commit && *records.commit >= durable;
  records.progress_is_newest = plan.vote_is_known;
  records.commit = std::max(records.commit.value_or(1), durable);

  plan.damage = describe(first_damage, *from, records);
  chain = whole_chain(records);
  if (chain.empty()) return damaged(first_damage + ". Nothing can be kept: not even the first block is whole");
  plan.recorded = records.progress;
  plan.head = chain.back();
  plan.last_final = last_final_of(records, chain);
  if (auto found = find_waiting(); !found) return found;
  return recover_state(first);
}

// Transactions of blocks that are given up, and those of the journal, unless the chain has them.
result<void> store_repair::content::find_waiting() {
  std::vector<block_ref> above;
  for (const auto& [id, one] : records.blocks) {
    const block_ref& ref = one.ref;
    if (ref.height.value() < chain.size() && chain[ref.height.value()] == ref) continue;
    ++plan.whole_blocks_dropped;
    if (ref.height > plan.head.height) above.push_back(ref);
  }
  std::ranges::sort(above, {}, [](const block_ref& ref) { return std::pair{ref.height, ref.id}; });
  for (const block_ref& ref : above) {
    given_up.push_back(ref.id);
    const auto one = read(ref.id);
    if (!one) return one.error();
    for (const bytes& raw : one->payload.transactions) waiting.insert(keccak256(raw));
  }
  std::unordered_set<hash256> journaled;
  for (const journaled_transaction& each : records.journal) journaled.insert(each.hash);
  waiting.insert(journaled.begin(), journaled.end());
  for (std::size_t height = 0; height < chain.size() && !waiting.empty(); ++height) {
    const auto one = read(chain[height].id);
    if (!one) return one.error();
    for (const bytes& raw : one->payload.transactions) waiting.erase(keccak256(raw));
  }
  plan.waiting = waiting.size();
  const auto is_new = [&](const hash256& each) { return !journaled.contains(each); };
  plan.given_back = static_cast<std::uint64_t>(std::ranges::count_if(waiting, is_new));
  return {};
}

result<void> store_repair::content::recover_state(const std::optional<execution_genesis>& first) {
  if (!records.has_state && !first) return {};
  state.emplace(from->reader());
  if (first) {
    const auto begun = read(chain.front().id);
    if (!begun) return begun.error();
    auto made = make_execution_genesis(*first);
    if (!made) return made.error();
    if (made->payload.block_hash != begun->payload.block_hash)
      return fail(category::configuration, "the chain did not begin with the accounts of this spec");
    state->add(std::move(made->state_changes));
  }
  const auto recovered = state->recover(chain, plan.last_final.height);
  if (!recovered) return recovered.error();
  if (!*recovered) {
    state.reset();
    return {};
  }
  plan.executed = state->executed();
  plan.state = plan.executed > 0 ? repaired_state::computed : repaired_state::kept;
  return {};
}

result<block> store_repair::content::read(const block_id& id) const {
  auto one = from->reader().read_block(id);
  if (!one) return one.error();
  if (!*one) return damaged("block " + to_hex(id) + " was readable, and is not any more");
  return **std::move(one);
}

// ---- writing

result<void> store_repair::content::write_anew(const repair_options& options) {
  std::error_code problem;
  fs::remove_all(repaired_folder(folder).string() + ".unfinished", problem); // of an attempt that was cut off, since the lock is ours
  auto to = store_copy::begin(repaired_folder(folder));
  if (!to) return to.error();
  if (auto written = to->add(key_of(store_table::schema), encode_number(store_schema_version)); !written) return written;
  // Imports are counted anew: nothing of the new store says yet which one wrote or dropped a node.
  const pruning_progress pruned{.imports = 0, .first_kept = state ? plan.last_final.height : block_height{0}};
  if (auto written = to->add(key_of(store_table::pruning), encode_pruning(pruned)); !written) return written;
  if (auto written = write_blocks(*to); !written) return written;
  if (auto written = write_journal(*to); !written) return written;
  if (auto written = write_progress(*to, options); !written) return written;
  const auto finished = to->finish();
  if (!finished) return finished.error();
  done = finished->progress;
  return {};
}

result<void> store_repair::content::write_blocks(store_copy& to) const {
  for (const block_ref& ref : chain) {
    if (auto written = write_block(to, ref); !written) return written;
  }
  if (!state) return {};
  return state->each([&](const state_change& node) { return to.add(key_of(store_table::node, node.hash.view()), node.rlp); });
}

// With its indexes, which follow from it.
result<void> store_repair::content::write_block(store_copy& to, const block_ref& ref) const {
  for (const store_table table : {store_table::block, store_table::receipts}) {
    const bytes key = key_of(table, ref.id.view());
    const auto stored = from->reader().read(key);
    if (!stored) return stored.error();
    if (!*stored) return damaged("block " + to_hex(ref.id) + " was readable, and is not any more");
    if (auto written = to.add(key, **stored); !written) return written;
  }
  const auto one = read(ref.id);
  if (!one) return one.error();
  if (auto written = to.add(key_of(store_table::height, ref.height.value()), ref.id.view()); !written) return written;
  if (auto written = to.add(key_of(store_table::payload, one->payload.block_hash.view()), ref.id.view()); !written) return written;
  std::uint32_t index = 0;
  for (const bytes& raw : one->payload.transactions) {
    const bytes place = encode_place({ref, index++});
    if (auto written = to.add(key_of(store_table::transaction, keccak256(raw).view()), place); !written) return written;
  }
  return {};
}

result<void> store_repair::content::write_journal(store_copy& to) const {
  auto left = waiting;
  std::uint64_t number = 0;
  const auto write = [&](const journaled_transaction& each) -> result<void> {
    if (left.erase(each.hash) == 0) return {};
    ++number;
    if (auto written = to.add(key_of(store_table::journal, number), encode_journaled(each)); !written) return written;
    return to.add(key_of(store_table::journal_number, each.hash.view()), encode_number(number));
  };
  for (const block_id& id : given_up) {
    const auto one = read(id);
    if (!one) return one.error();
    for (const bytes& raw : one->payload.transactions) {
      if (auto written = write({keccak256(raw), raw}); !written) return written;
    }
  }
  for (const journaled_transaction& each : records.journal) {
    if (auto written = write(each); !written) return written;
  }
  return {};
}

// What was signed last, or the last slot in which anything can have been signed.
result<std::optional<vote_lock>> store_repair::content::vote(const repair_options& options) const {
  std::optional<vote_lock> known;
  if (plan.recorded) known = plan.recorded->vote;
  if (plan.vote_is_known) return known;
  const auto head = read(plan.head.id);
  if (!head) return head.error();
  auto newest = plan.head;
  for (const auto& [id, one] : records.blocks) {
    if (one.ref.slot > newest.slot) newest = one.ref;
  }
  const auto locked = lock_until(known, head->header, options.now);
  if (locked && locked->slot >= newest.slot) return locked;
  return std::optional{vote_lock{newest.slot, newest.id}};
}

result<void> store_repair::content::write_progress(store_copy& to, const repair_options& options) {
  const auto lock_on = vote(options);
  if (!lock_on) return lock_on.error();
  const chain_progress progress{chain.front().id, plan.head, plan.last_final, *lock_on};
  if (auto written = to.add(key_of(store_table::commit), encode_number(*records.commit)); !written) return written;
  return to.add(key_of(store_table::progress), encode_progress(progress));
}

// ---- what is public

store_repair::store_repair(std::unique_ptr<content> c) noexcept : content_(std::move(c)) {}
store_repair::store_repair(store_repair&&) noexcept = default;
store_repair& store_repair::operator=(store_repair&&) noexcept = default;
store_repair::~store_repair() = default;

const repair_plan& store_repair::plan() const noexcept { return content_->plan; }

result<store_repair> store_repair::look(const fs::path& data, const std::optional<execution_genesis>& first) {
  std::error_code problem;
  if (!fs::exists(data / "chain", problem) && !fs::exists(data / "commits", problem) && !has_repaired_folder(data))
    return fail(store_error::unreadable, data.string() + ": there is no chain in it");
  auto lock = folder_lock::take(data);
  if (!lock) return lock.error();
  if (lock->was_importing()) lock->begin_import(); // which is for the next node to find
  auto found = std::make_unique<content>(data, *std::move(lock));
  if (auto looked = found->look(first); !looked) return located(looked.error(), data);
  return store_repair{std::move(found)};
}

result<repaired_store> store_repair::carry_out(const repair_options& options) {
  const repair_plan& plan = content_->plan;
  if (plan.damage.empty()) return refuse(repair_refusal::nothing_to_do, "nothing is damaged");
  if (!plan.half_done && !plan.vote_is_known && !options.forget_vote)
    return refuse(repair_refusal::vote_unknown, "what this node's authority signed last cannot be read");
  if (!plan.half_done) {
    if (auto written = content_->write_anew(options); !written) return located(written.error(), content_->folder);
  }
  disk files;
  auto damaged = put_in_place(files, content_->folder, backup_name_at(options.now));
  if (!damaged) return located(damaged.error(), content_->folder);
  return repaired_store{content_->done, *std::move(damaged)};
}

} // namespace alys::domain
