// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>
#include <map>
#include <mutex>

using namespace std::chrono_literals;

struct sell { std::string item; };
struct sold { using reply = int; };
ALYS_MESSAGE(sell, item)
ALYS_MESSAGE(sold)

class till final : public alys::actor<till> {
public:
  using messages = alys::accepts<sell, sold>;
  void handle(const sell& s) {
    if (s.item == "unicorn") throw std::runtime_error("no price for a unicorn");
    ++sold_;
  }
  int handle(const sold&) { return sold_; }

private:
  int sold_ = 0;
};

// Is told on the thread where it happens: so it is quick, and guards what it keeps.
class diary final : public alys::observer {
public:
  void lifecycle_changed(std::string_view path, const alys::lifecycle_event& step) override {
    if (path == "/shop/till") note("step", to_string(step));
  }
  void failure_decided(const alys::failure& what, alys::action then) override {
    note("decision", what.path + ": " + what.what.message() + ": " + std::string{to_string(then)});
  }
  void dead_letter_made(const alys::dead_letter& lost) override {
    note("dead letter", std::string{lost.message} + " to " + std::string{lost.receiver} + ": " + std::string{to_string(lost.cause)});
  }
  void print() {
    const std::lock_guard guard(mutex_);
    for (const auto& [kind, what] : notes_) std::cout << kind << ": " << what << '\n';
  }

private:
  void note(const std::string& kind, std::string what) {
    const std::lock_guard guard(mutex_);
    notes_.emplace(kind, std::move(what)); // in order within a kind; between kinds other threads are at work
  }
  std::mutex mutex_;
  std::multimap<std::string, std::string> notes_;
};

int main() {
  const auto seen = std::make_shared<diary>();
  alys::supervisor_spec root{"shop"};
  auto counter = root.child<till>("till");
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere(), .observers = {seen}});

  for (const char* item : {"pear", "unicorn", "plum"}) send(counter, sell{item});
  std::cout << "sold in this life: " << system.ask(counter, sold{}, 5s).value() << "\n\n"; // comes after the three
  seen->print();

  const alys::tree_node tree = system.tree(); // a copy; no actor was waited for
  const alys::tree_node* slot = find(tree, "/shop/till");
  std::cout << "\n/shop/till is " << to_string(slot->state) << ", incarnation " << slot->incarnation << ", restarts " << slot->restarts << '\n';
  for (const auto& f : slot->failures) std::cout << "incarnation " << f.incarnation << " failed: " << f.what.message() << '\n';
  std::cout << "dead letters of failed messages: " << system.dead_letters(alys::dead_letter_cause::failed) << '\n';
}
