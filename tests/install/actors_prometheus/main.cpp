// SPDX-License-Identifier: Apache-2.0
//
// A tree's metrics, from the installed package.
#include <alys/actors.hpp>
#include <alys/actors/prometheus.hpp>

#include <iostream>

int main() {
  const auto system = alys::system::start(alys::supervisor_spec{"service", alys::one_for_one{}});
  std::cout << (alys::prometheus_text(system).find("path=\"/service\"") != std::string::npos) << '\n';
}
