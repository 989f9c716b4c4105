// SPDX-License-Identifier: Apache-2.0
//
// A tree that heals a crash, and ends in order when healing does not help.
#include <alys/actors.hpp>

#include <iostream>
#include <set>

using namespace std::chrono_literals;

struct add_word { using reply = std::size_t; std::string word; }; // answers how many words there are
struct which_life { using reply = std::uint32_t; };               // of its slot an actor is in, from 1
ALYS_MESSAGE(add_word, word)
ALYS_MESSAGE(which_life)

class store final : public alys::actor<store> {
public:
  using messages = alys::accepts<add_word, which_life>;
  std::size_t handle(const add_word& a) {
    if (a.word.empty()) throw std::runtime_error("an empty word"); // a failure: nobody goes on with this object
    words_.insert(a.word);
    return words_.size();
  }
  std::uint32_t handle(const which_life&) { return incarnation(); }

private:
  std::set<std::string> words_;
};

class bystander final : public alys::actor<bystander> {
public:
  using messages = alys::accepts<which_life>;
  std::uint32_t handle(const which_life&) { return incarnation(); }
};

int main() {
  // In the library whoever comes after the one that failed is restarted with it. Each supervisor allows one restart in a minute.
  alys::supervisor_spec root{"root", alys::one_for_one{.restarts = 1, .within = 60s}};
  auto& library = root.supervisor("library", alys::rest_for_one{.restarts = 1, .within = 60s});
  auto words = library.child<store>("store");
  auto index = library.child<bystander>("index");
  auto door = root.child<bystander>("door");
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});

  const auto add = [&](const std::string& word) {
    const auto count = system.ask(words, add_word{word}, 5s);
    if (count) std::cout << "words: " << *count << '\n';
    else std::cout << "failed: " << count.error().message() << '\n';
  };
  const auto tell_lives = [&] {
    std::cout << "lives: store " << system.ask(words, which_life{}, 5s).value() << ", index " << system.ask(index, which_life{}, 5s).value()
              << ", door " << system.ask(door, which_life{}, 5s).value() << '\n';
  };

  add("oak");
  tell_lives();
  add("");      // the store fails, and is built anew with the index behind it ...
  tell_lives();
  add("elm");   // ... under the same handles, and empty

  // A second failure is more than the library may heal by itself: its supervisor restarts all of it, once. Then nobody is left to decide.
  for (int i = 0; i < 3; ++i) add("");
  const alys::end_reason why = system.wait_for(5s);
  std::cout << "ended: " << to_string(why) << ", exit code " << exit_code(why) << '\n';
}
