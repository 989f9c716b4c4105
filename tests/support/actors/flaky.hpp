// SPDX-License-Identifier: Apache-2.0
//
// An actor that does as it is told, and the words it is told with; for tests of supervision in virtual time.
#pragma once

#include <alys/actors.hpp>

#include <memory>
#include <string>
#include <vector>

namespace alys::test {

struct ping {
  using reply = std::uint32_t; // answers which life it is
};
struct crash {
  using reply = std::uint32_t;
  error with = fail(category::resource, "told to");
};
struct leave { // ends by itself, in order
  using reply = std::uint32_t;
};
ALYS_MESSAGE(ping)
ALYS_MESSAGE(crash)
ALYS_MESSAGE(leave)

// What several of them did, in order: "a started", "a gone".
using diary = std::shared_ptr<std::vector<std::string>>;

class flaky final : public alys::actor<flaky> {
public:
  using messages = accepts<ping, crash, leave>;
  explicit flaky(std::string name = {}, diary d = {}) : name_(std::move(name)), diary_(std::move(d)) {}
  ~flaky() override { write("gone"); }
  void started() { write("started"); }
  void stopping() { write("stopping"); }
  std::uint32_t handle(const ping&) { return incarnation(); }
  result<std::uint32_t> handle(const crash& c) { return c.with; }
  std::uint32_t handle(const leave&) {
    finish();
    return incarnation();
  }

private:
  void write(const char* what) const {
    if (diary_) diary_->push_back(name_ + ' ' + what);
  }
  std::string name_;
  diary diary_;
};

} // namespace alys::test
