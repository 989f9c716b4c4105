// SPDX-License-Identifier: Apache-2.0
//
// Adapters of the domain, from the installed package: a block as protobuf and back, and an empty store.
#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/storage/leveldb_store.hpp>

#include <iostream>

int main() {
  using namespace alys::domain;
  const block empty;
  std::cout << (block_from_protobuf(block_to_protobuf(empty)) == empty) << '\n'
            << leveldb_store::open("chain").value()->progress().value().has_value() << '\n';
}
