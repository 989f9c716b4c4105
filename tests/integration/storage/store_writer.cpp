// SPDX-License-Identifier: Apache-2.0
//
// store_writer import FOLDER: continues the chain in the store without end, and says on standard output what it is about to do and what is done:
//   journaled HASH · begin ID · committed ID
// store_writer aim FOLDER PHASE IMPORTS STEP half|nothing: the same, until it stops at that step (kill_aim.hpp), says
//   stopped PHASE STEP
// and waits to be killed. Ends with `missed` if there is no such step.
// store_writer hold FOLDER: opens the store, says `open` and waits to be killed.
#include "aiming_disk.hpp"
#include "endless_imports.hpp"

#include <alys/domain/storage/leveldb_store.hpp>

#include <unistd.h>

#include <iostream>

using namespace alys::domain;
using namespace alys::test;

namespace {

constexpr int lives_until_a_merge = 6; // each leaves a log, of which the next makes a table; LevelDB merges four of them

class writer {
public:
  writer(leveldb_store& store, aiming_disk& on) : store_(store), on_(on) {}

  void import_next() {
    const auto progress = store_.progress().value();
    if (!progress) return commit(import_on_top(chain_.genesis));
    const auto head = store_.block_by_id(progress->head.id).value();
    const auto below = store_.block_by_id(head->block.header.parent).value();
    const import_batch next = next_import(chain_, head->block, below ? &below->block : nullptr);
    for (const bytes& raw : next.contents.payload.transactions) {
      const hash256 hash = keccak256(raw);
      store_.journal({hash, raw}).value();
      std::cout << "journaled " << to_hex(hash) << std::endl;
    }
    commit(next);
  }

private:
  void commit(const import_batch& batch) {
    std::cout << "begin " << to_hex(batch.ref.id) << std::endl;
    on_.enter(life_phase::committing);
    store_.commit(std::span{&batch, 1}).value();
    on_.enter(life_phase::between);
    on_.count_import();
    std::cout << "committed " << to_hex(batch.ref.id) << std::endl;
  }

  leveldb_store& store_;
  aiming_disk& on_;
  test_chain chain_;
};

[[nodiscard]] std::shared_ptr<leveldb_store> open(const std::filesystem::path& folder, const std::shared_ptr<aiming_disk>& on) {
  on->enter(std::filesystem::exists(folder / "chain") ? life_phase::opening : life_phase::making);
  auto store = leveldb_store::open(folder, on, few_states).value();
  on->enter(life_phase::between);
  return store;
}

void import_and_stop(const std::filesystem::path& folder, const kill_aim& aim) {
  const auto on = std::make_shared<aiming_disk>(aim);
  if (aim.phase == life_phase::merging) {
    for (int life = 0; life < lives_until_a_merge; ++life) writer{*open(folder, on), *on}.import_next();
    const auto store = open(folder, on);
    for (;;) ::pause(); // for LevelDB to merge
  }
  const auto store = open(folder, on);
  if (aim.phase == life_phase::making || aim.phase == life_phase::opening) return;
  writer writing{*store, *on};
  for (;;) writing.import_next();
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string mode = argv[1];
  if (mode == "aim" && argc == 7) {
    import_and_stop(argv[2], aim_of(argv + 3));
    std::cout << "missed" << std::endl;
    return 1;
  }
  const auto on = std::make_shared<aiming_disk>(kill_aim{life_phase::making, 0, static_cast<std::size_t>(-1)});
  auto store = leveldb_store::open(argv[2], on, few_states);
  if (!store) {
    std::cout << store.error().message() << std::endl;
    return 1;
  }
  if (mode == "import") {
    writer writing{**store, *on};
    for (;;) writing.import_next();
  }
  std::cout << "open" << std::endl;
  for (;;) ::pause();
}
