// SPDX-License-Identifier: Apache-2.0
//
// store_writer import FOLDER: continues the chain in the store without end, and says on standard output what it is about to do and what is done:
//   journaled HASH · begin ID · committed ID
// store_writer hold FOLDER: opens the store, says `open` and waits to be killed.
#include "endless_imports.hpp"

#include <alys/domain/storage/leveldb_store.hpp>

#include <unistd.h>

#include <iostream>

using namespace alys::domain;
using namespace alys::test;

namespace {

int import_forever(leveldb_store& store) {
  const test_chain chain;
  const auto commit = [&store](const import_batch& batch) {
    std::cout << "begin " << to_hex(batch.ref.id) << std::endl;
    store.commit(std::span{&batch, 1}).value();
    std::cout << "committed " << to_hex(batch.ref.id) << std::endl;
  };
  if (!store.progress().value()) commit(import_on_top(chain.genesis));
  for (;;) {
    const block_ref top = store.progress().value()->head;
    const auto head = store.block_by_id(top.id).value();
    const auto below = store.block_by_id(head->block.header.parent).value();
    const import_batch next = next_import(chain, head->block, below ? &below->block : nullptr);
    for (const bytes& raw : next.contents.payload.transactions) {
      const hash256 hash = keccak256(raw);
      store.journal({hash, raw}).value();
      std::cout << "journaled " << to_hex(hash) << std::endl;
    }
    commit(next);
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string mode = argv[1];
  auto store = leveldb_store::open(argv[2]);
  if (!store) {
    std::cout << store.error().message() << std::endl;
    return 1;
  }
  if (mode == "import") return import_forever(**store);
  std::cout << "open" << std::endl;
  for (;;) ::pause();
}
