// SPDX-License-Identifier: Apache-2.0
//
// A span for nobody, from the installed package.
#include <alys/actors.hpp>
#include <alys/actors/otlp.hpp>

#include <iostream>

int main() {
  using namespace std::chrono_literals;
  const auto spans = std::make_shared<alys::otlp_exporter>(alys::otlp_options{.endpoint = "http://127.0.0.1:1", .attempts = 1});
  const auto system = alys::system::start(alys::supervisor_spec{"service"}, {.tracing = {.sink = spans}});
  system.tracer().start("work").end();
  (void)spans->flush(10s);
  std::cout << spans->counts().dropped_failed << " span without a collector\n";
}
