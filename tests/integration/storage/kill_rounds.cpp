// SPDX-License-Identifier: Apache-2.0
//
// Killing and looking.
#include "kill_rounds.hpp"

#include "endless_imports.hpp"
#include "writer_process.hpp"

#include <alys/domain/storage/leveldb_store.hpp>

#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>
#include <sstream>

namespace alys::test {

using namespace alys::domain;

namespace {

// What the process said before it died.
struct testimony {
  std::optional<block_id> last_committed;
  std::optional<block_id> begun;
  std::vector<hash256> journaled;
  std::string stopped; // the phase in which it stopped, and
  std::string step;    // the step that it did not take

  void hear(const std::string& line) {
    std::istringstream words{line};
    std::string what;
    std::string name;
    words >> what >> name;
    if (what == "journaled") journaled.push_back(hash256::from_hex(name).value());
    else if (what == "begin") begun = block_id::from_hex(name).value();
    else if (what == "committed") last_committed = block_id::from_hex(name).value();
    else if (what == "stopped") stopped = name, words >> step;
    else FAIL("the writer said: " << line);
  }
};

// Lets a process work until it stops at this point.
[[nodiscard]] testimony run_and_kill(const std::filesystem::path& folder, const kill_aim& aim) {
  writer_process process{"aim", folder, words_of(aim)};
  testimony heard;
  while (heard.stopped.empty()) {
    const auto line = process.line();
    REQUIRE(line);
    heard.hear(*line);
  }
  process.kill();
  REQUIRE(heard.stopped == to_string(aim.phase));
  return heard;
}

// Either all of the import is in the store or nothing of it.
void check_whole(const leveldb_store& store, const import_batch& import, bool is_there) {
  CHECK(store.block_by_id(import.ref.id).value().has_value() == is_there);
  CHECK(store.block_by_payload(import.contents.payload.block_hash).value().has_value() == is_there);
  for (const state_change& node : import.state_changes) CHECK(store.node(node.hash).value().has_value() == is_there);
  for (const bytes& raw : import.contents.payload.transactions)
    CHECK(store.find_transaction(keccak256(raw)).value().has_value() == is_there);
}

void check_after_kill(const leveldb_store& store, const test_chain& chain, const testimony& heard) {
  const auto checked = store.check();
  INFO(checked.error().message());
  REQUIRE(checked);
  if (!store.progress().value()) { // killed before the first commit was reported
    CHECK_FALSE(heard.last_committed);
    return;
  }
  const block_ref top = store.progress().value()->head;
  if (heard.last_committed) CHECK((top.id == *heard.last_committed || top.id == heard.begun));

  const block head = store.block_by_id(top.id).value().value().block;
  const auto below = store.block_by_id(head.header.parent).value();
  check_whole(store, import_on_top(head), true);
  check_whole(store, next_import(chain, head, below ? &below->block : nullptr), false);

  std::set<hash256> waiting;
  const auto journaled = store.journaled().value();
  for (const journaled_transaction& t : journaled) {
    CHECK(keccak256(t.raw) == t.hash);
    CHECK(waiting.insert(t.hash).second);
    CHECK_FALSE(store.find_transaction(t.hash).value());
  }
  for (const hash256& hash : heard.journaled) CHECK((waiting.contains(hash) || store.find_transaction(hash).value()));
}

// The same imports, without a break.
void compare_with_control_run(const leveldb_store& store) {
  const temporary_folder folder{quick_place()};
  const test_chain chain;
  const auto control = leveldb_store::open(folder.path(), few_states).value();
  const auto import = [&](const import_batch& batch) { REQUIRE(control->commit(std::span{&batch, 1})); };
  const block_ref top = store.progress().value()->head;
  import(import_on_top(chain.genesis));
  block head = chain.genesis;
  while (head.header.slot < top.slot) {
    const auto below = control->block_by_id(head.header.parent).value();
    const import_batch next = next_import(chain, head, below ? &below->block : nullptr);
    import(next);
    head = next.contents;
  }
  REQUIRE(control->progress().value()->head == top);
  for (std::uint64_t height = 0; height <= top.height.value(); ++height) {
    const auto ours = store.block_by_height(block_height{height}).value().value();
    const auto theirs = control->block_by_height(block_height{height}).value().value();
    INFO("height " << height);
    REQUIRE(ours.block.payload.state_root == theirs.block.payload.state_root);
    REQUIRE(ours.block == theirs.block);
    REQUIRE(ours.receipts == theirs.receipts);
    const auto state = state_after(id_of(ours.block.header)).hash;
    REQUIRE(store.node(state).value() == control->node(state).value());
    REQUIRE(store.node(state).value().has_value() == (block_height{height} >= store.first_kept_state().value()));
  }
  REQUIRE(store.first_kept_state().value() == first_kept_below(store.progress().value()->last_final));
  const auto counted = store.check().value();
  REQUIRE(counted.blocks == control->check().value().blocks);
}

// The aim of a round. The steps are those that every such phase has; a commit appends, makes that durable, and writes its number.
[[nodiscard]] kill_aim aim_in(int round, std::mt19937_64& random) {
  const auto one_of = [&random](std::size_t count) { return std::uniform_int_distribution<std::size_t>{0, count - 1}(random); };
  switch (round % 8) {
    case 5: return {life_phase::between, 2 + one_of(8), one_of(2), one_of(2) == 0};
    case 6: return {life_phase::opening, 0, one_of(12), one_of(2) == 0};
    case 7: return {life_phase::merging, 0, one_of(8), one_of(2) == 0};
    default: return {life_phase::committing, 2 + one_of(8), one_of(4), one_of(2) == 0};
  }
}

// What a step that was not taken makes of the import.
void check_cut_off_import(const leveldb_store& store, const testimony& heard, const kill_aim& aim, kill_result& sum) {
  REQUIRE(heard.begun);
  const block_id head = store.progress().value().value().head.id;
  const bool there = heard.begun == head;
  if (aim.step == 0) CHECK_FALSE(there);
  if (heard.step == "overwrite") CHECK(there);
  ++(there ? sum.whole : sum.without);
}

} // namespace

kill_result kill_importing_process(int rounds, std::uint64_t seed) {
  const temporary_folder folder{quick_place()};
  const test_chain chain;
  std::mt19937_64 random{seed};
  kill_result sum;
  for (int round = 0; round < rounds; ++round) {
    const kill_aim aim = aim_in(round, random);
    const testimony heard = run_and_kill(folder.path() / "data", aim);
    INFO("round " << round << ", seed " << seed << ": stopped " << heard.stopped << " before " << heard.step << ", number " << aim.step);
    // Looking changes a folder, and the next process is to find what the last one has left.
    const temporary_folder copy{quick_place()};
    std::filesystem::copy(folder.path() / "data", copy.path(), std::filesystem::copy_options::recursive);
    const auto store = leveldb_store::open(copy.path());
    INFO(store.error().message());
    REQUIRE(store);
    check_after_kill(**store, chain, heard);
    ++sum.hits.at(static_cast<std::size_t>(aim.phase));
    if (aim.phase != life_phase::merging) // an import goes on meanwhile, or none
      CHECK((*store)->interrupted_imports() == (aim.phase == life_phase::committing ? 1 : 0));
    sum.interrupted += (*store)->interrupted_imports();
    if (aim.phase == life_phase::committing) check_cut_off_import(**store, heard, aim, sum);
    sum.height = (*store)->progress().value()->head.height.value();
  }
  compare_with_control_run(*leveldb_store::open(folder.path() / "data").value());
  return sum;
}

std::size_t kill_at_each_step_of_making() {
  for (std::size_t step = 0;; ++step) {
    for (const bool half : {false, true}) {
      INFO("step " << step << (half ? ", half of it" : ""));
      const temporary_folder folder{quick_place()};
      const std::filesystem::path data = folder.path() / "data";
      {
        writer_process process{"aim", data, words_of({life_phase::making, 0, step, half})};
        const auto line = process.line();
        REQUIRE(line);
        if (*line == "missed") return step; // it has fewer
        REQUIRE(line->starts_with("stopped making "));
      }
      const auto store = leveldb_store::open(data);
      INFO(store.error().message());
      REQUIRE(store);
      const test_chain chain;
      const import_batch first = import_on_top(chain.genesis);
      REQUIRE((*store)->commit(std::span{&first, 1}));
      REQUIRE((*store)->check());
    }
  }
}

} // namespace alys::test
