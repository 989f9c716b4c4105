// SPDX-License-Identifier: Apache-2.0
//
// Adapters of the domain, from the installed package: a block as protobuf and back, a chain spec as TOML and back, and an empty store.
#include <alys/domain/chain/block_proto.hpp>
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/chain/spec_file.hpp>
#include <alys/domain/storage/leveldb_store.hpp>

#include <iostream>

int main() {
  using namespace alys::domain;
  const block empty;
  std::cout << (block_from_protobuf(block_to_protobuf(empty)) == empty) << '\n'
            << (spec_from_toml(spec_to_toml(dev_spec()), "spec.toml") == dev_spec()) << '\n'
            << leveldb_store::open("chain").value()->progress().value().has_value() << '\n';
}
