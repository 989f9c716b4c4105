// SPDX-License-Identifier: Apache-2.0
//
// Reads a configuration with the TOML component, from the installed package.
#include <alys/actors/toml.hpp>

#include <cstdint>
#include <iostream>

struct queue_config {
  std::uint64_t depth = 100;
};
ALYS_CONFIG(queue_config, depth)

int main() {
  std::cout << alys::from_toml<queue_config>("depth = 5").value().depth << '\n'
            << alys::from_toml<queue_config>("dept = 5", "queue.toml").error().text() << '\n';
}
