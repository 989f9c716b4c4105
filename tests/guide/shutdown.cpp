// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>
#include <latch>

using namespace std::chrono_literals;

struct add_line { std::string text; };
struct wait_for { std::latch* entered = nullptr; std::latch* released = nullptr; };
ALYS_MESSAGE(add_line, text)
ALYS_MESSAGE(wait_for)

class notebook final : public alys::actor<notebook> {
public:
  using messages = alys::accepts<add_line>;
  void handle(const add_line& a) { text_ += ' ' + a.text; }
  void stopping() { std::cout << "saved:" << text_ << '\n'; } // everything that was queued has been handled by now

private:
  std::string text_;
};

class sleeper final : public alys::actor<sleeper> {
public:
  using messages = alys::accepts<wait_for>;
  void handle(const wait_for& w) {
    w.entered->count_down();
    w.released->wait(); // as a call into a library might that never returns
  }
};

int main() {
  alys::supervisor_spec root{"desk"};
  auto notes = root.child<notebook>("notebook");
  auto bed = root.child<sleeper>("sleeper");
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});

  std::latch entered{1};
  static std::latch released{1};
  for (const char* word : {"one", "two", "three"}) send(notes, add_line{word});
  send(bed, wait_for{&entered, &released});
  entered.wait();

  const alys::shutdown_report report = system.shutdown({.deadline = 500ms, .drain = 100ms}); // returns in time, always
  std::cout << "in time: " << report.in_time << '\n';
  for (const alys::blocker& b : report.blockers) std::cout << b.path << " in " << b.handling << " (" << to_string(b.phase) << ")\n";
  released.count_down();
}
