// SPDX-License-Identifier: Apache-2.0
#include "strand.hpp"

namespace alys::testkit::detail {

strand*& strand::current() noexcept {
  thread_local strand* mine = nullptr;
  return mine;
}

strand::~strand() {
  over_ = true;
  go_.release();
  thread_.join();
}

bool strand::run(std::function<void()> work) {
  work_ = std::move(work);
  ended_ = false;
  return go_on();
}

bool strand::go_on() {
  go_.release();
  back_.acquire();
  return ended_;
}

void strand::pause() {
  strand& self = *current();
  self.back_.release();
  self.go_.acquire();
}

void strand::loop() {
  current() = this;
  for (;;) {
    go_.acquire();
    if (over_) return;
    work_();
    ended_ = true;
    back_.release();
  }
}

} // namespace alys::testkit::detail
