// SPDX-License-Identifier: Apache-2.0
//
// Keeps a snapshot with the LevelDB component, from the installed package.
#include <alys/actors/leveldb.hpp>

#include <iostream>

struct counted {
  std::uint64_t sum = 0;
};
ALYS_CONFIG(counted, sum)

int main() {
  const auto folder = std::filesystem::temp_directory_path() / "alys-user-of-actors-leveldb";
  std::filesystem::remove_all(folder);
  for (std::uint64_t run = 1; run <= 2; ++run) {
    alys::snapshot<counted> kept{alys::open_leveldb_snapshots(folder).value(), "/service/counter"};
    const counted before = kept.load().value().value_or(counted{});
    kept.save({before.sum + 5}).value();
    std::cout << kept.load().value()->sum << '\n';
  }
  std::filesystem::remove_all(folder);
}
