// SPDX-License-Identifier: Apache-2.0
#include "crowd.hpp"

#include "measure.hpp"

#include <alys/actors.hpp>

#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

struct crash {};
struct which_life {
  using reply = std::uint32_t;
};
ALYS_MESSAGE(crash)
ALYS_MESSAGE(which_life)

class member final : public alys::actor<member> {
public:
  using messages = alys::accepts<crash, which_life>;
  explicit member(std::shared_ptr<std::latch> back) : back_(std::move(back)) {}
  void started() {
    if (incarnation() > 1) back_->count_down();
  }
  void handle(const crash&) { throw std::runtime_error("as asked"); }
  std::uint32_t handle(const which_life&) { return incarnation(); }

private:
  std::shared_ptr<std::latch> back_;
};

} // namespace

crowd_times run_crowd(std::size_t children, std::size_t failing) {
  const auto back = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(failing));
  alys::supervisor_spec root{"root"};
  auto& above = root.supervisor("crowd", alys::one_for_one{.restarts = static_cast<std::uint32_t>(failing)});
  std::vector<alys::ref<member>> members;
  for (std::size_t i = 0; i < children; ++i) members.push_back(above.child<member>("member-" + std::to_string(i), {}, {}, back));

  crowd_times times;
  auto begun = clock_now();
  auto system = alys::system::start(std::move(root), {.threads = 4, .log = alys::log_to_nowhere()});
  times.start = clock_now() - begun;

  const std::size_t step = children / failing;
  begun = clock_now();
  for (std::size_t i = 0; i < failing; ++i) send(members[i * step], crash{});
  back->wait();
  times.healthy = clock_now() - begun;

  for (std::size_t i = 0; i < children; ++i) {
    const std::uint32_t expected = i % step == 0 && i / step < failing ? 2 : 1;
    if (system.ask(members[i], which_life{}, 10s).value() != expected)
      throw std::runtime_error("not each of those that failed was restarted once");
  }
  begun = clock_now();
  const auto report = system.shutdown(60s);
  times.shutdown = clock_now() - begun;
  if (!report.in_time) throw std::runtime_error("the shutdown was not in time: " + to_string(report));
  return times;
}

} // namespace bench
