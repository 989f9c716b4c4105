// SPDX-License-Identifier: Apache-2.0
//
// What tracing costs: the same conversations without a sink, with one for which nothing is sampled, and with one for one in a hundred.
#include "measure.hpp"
#include "workload.hpp"

#include <alys/actors.hpp>

#include <atomic>
#include <memory>

namespace bench::cells {

namespace {

// How many conversations have come to their end.
struct progress {
  std::atomic<std::uint64_t> done{0};
};

class last final : public alys::actor<last> {
public:
  using messages = alys::accepts<item>;
  explicit last(std::shared_ptr<progress> p) : progress_(std::move(p)) {}
  void handle(const item&) {
    if (++handled_ % batch_size != 0) return;
    progress_->done.store(handled_, std::memory_order_release);
    progress_->done.notify_one();
  }

private:
  std::shared_ptr<progress> progress_;
  std::uint64_t handled_ = 0;
};

class relay final : public alys::actor<relay> {
public:
  using messages = alys::accepts<item>;
  explicit relay(alys::ref<last> to) : to_(std::move(to)) {}
  void handle(const item& i) { send(to_, i); }

private:
  alys::ref<last> to_;
};

// Takes spans, and so much of them that they are not thrown away unread.
class counting_sink final : public alys::span_sink {
public:
  void take(alys::span_data&& ended) override {
    if (ended.end >= ended.start) taken_.fetch_add(1, std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint64_t> taken_{0};
};

[[nodiscard]] alys::tracing_options options_for(traced how) {
  if (how == traced::off) return {};
  return {.sink = std::make_shared<counting_sink>(), .ratio = how == traced::one_percent ? 0.01 : 0.0};
}

} // namespace

// Each conversation begins outside of the tree, and is two messages long. At most a few batches are under way.
flood_cost conversations(traced how, std::uint64_t batches) {
  const auto ended = std::make_shared<progress>();
  alys::supervisor_spec root{"root"};
  const auto second = root.child<last>("last", {}, {}, ended);
  const auto first = root.child<relay>("relay", {}, {}, second);
  const auto system = alys::system::start(
      std::move(root),
      {.threads = threads, .messages_per_turn = messages_per_turn, .log = alys::log_to_nowhere(), .tracing = options_for(how)});
  const auto processor = processor_time();
  const auto begun = clock_now();
  const auto wait_until = [&](std::uint64_t count) {
    for (auto seen = ended->done.load(std::memory_order_acquire); seen < count; seen = ended->done.load(std::memory_order_acquire))
      ended->done.wait(seen, std::memory_order_acquire);
  };
  for (std::uint64_t b = 0; b < batches; ++b) {
    if (b >= credits) wait_until((b - credits + 1) * batch_size);
    for (std::uint32_t i = 0; i < batch_size; ++i) send(first, item{0, b});
  }
  wait_until(batches * batch_size);
  return {clock_now() - begun, processor_time() - processor};
}

} // namespace bench::cells
