// SPDX-License-Identifier: Apache-2.0
//
// A tree without threads and with a clock of its own. Whoever waits for the tree does its work: one turn after another, and when nobody
// has a turn left, time jumps to the next wake-up. So a minute costs what happens in it, and the same start leads to the same end.
#pragma once

#include "strand.hpp"

#include "../../src/caf/manual_scheduler.hpp"

#include <alys/actors/random.hpp>

#include <map>

namespace alys::testkit::detail {

class virtual_backend final : public alys::detail::backend {
public:
  // With a seed, each turn goes to any of those who wait for one, as drawn from it; else to who waits longest.
  explicit virtual_backend(std::optional<std::uint64_t> seed_of_order);
  ~virtual_backend() override;

  [[nodiscard]] std::chrono::nanoseconds now() const noexcept override { return scheduler_.now(); }
  // The instant at which so much time will have passed; at most the end of time, in some 190 years.
  [[nodiscard]] std::chrono::nanoseconds in(std::chrono::nanoseconds time) const noexcept;
  [[nodiscard]] std::unique_ptr<alys::detail::executor> host(std::shared_ptr<alys::detail::scheduled> what, bool own_thread) override;
  [[nodiscard]] bool on_pool_thread() const noexcept override { return false; } // a handler is known by its turn
  [[nodiscard]] bool has_threads() const noexcept override { return false; }
  [[nodiscard]] bool work_until(const std::function<bool()>& done, std::chrono::nanoseconds until) override;
  [[nodiscard]] bool come_back() override;
  [[nodiscard]] bool virtual_time() const noexcept override { return true; }
  [[nodiscard]] std::unique_ptr<alys::detail::ticker> every(std::chrono::nanoseconds period, std::function<void()> look) override;

  // One turn, without letting time pass. False if nobody waits for one.
  bool turn();
  // All turns of this instant. False if there was no end to them.
  [[nodiscard]] bool rest();

  // From now on handlers may pause. Costs two thread switches a turn.
  void allow_pauses() noexcept { pauses_ = true; }
  // From a handler: everything else goes on, and this handler at `when`.
  void pause_until(std::chrono::nanoseconds when);

private:
  // What is done once a period; off the list when its owner lets it go.
  class timed_look final : public alys::detail::ticker {
  public:
    timed_look(virtual_backend& in, std::chrono::nanoseconds period, std::function<void()> look);
    ~timed_look() override;
    [[nodiscard]] std::chrono::nanoseconds next() const noexcept { return next_; }
    void happen(std::chrono::nanoseconds now);

  private:
    virtual_backend& in_;
    const std::chrono::nanoseconds period_;
    const std::function<void()> look_;
    std::chrono::nanoseconds next_;
  };
  using paused_strands = std::multimap<std::chrono::nanoseconds, std::unique_ptr<strand>>;
  void run(std::size_t place);
  void go_on(paused_strands::iterator which);
  void put_aside(std::unique_ptr<strand> s, bool ended);
  [[nodiscard]] std::size_t paused_and_due() const;
  [[nodiscard]] std::optional<std::chrono::nanoseconds> next_event() const;
  [[nodiscard]] std::optional<std::chrono::nanoseconds> next_look() const;
  void look_if_due();

  alys::detail::manual_scheduler scheduler_;
  std::optional<splitmix64> order_;
  bool pauses_ = false;
  bool coming_back_ = false;                // the end: nobody pauses any more
  std::chrono::nanoseconds paused_until_{}; // says the strand that has just paused
  std::vector<timed_look*> looks_;
  std::vector<std::unique_ptr<strand>> free_;
  paused_strands paused_;
};

} // namespace alys::testkit::detail
