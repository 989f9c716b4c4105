// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>
#include <memory>

using namespace std::chrono_literals;

// Shared by actors, and owned by none of them.
class store {
public:
  void write(const std::string& what) { std::cout << "wrote " << what << '\n'; }
  alys::result<void> close() {
    std::cout << "closed\n";
    return {};
  }
};

struct add_line { std::string text; };
ALYS_MESSAGE(add_line, text)

class notebook final : public alys::actor<notebook> {
public:
  using messages = alys::accepts<add_line>;
  explicit notebook(std::shared_ptr<store> into) : into_(std::move(into)) {}
  void handle(const add_line& a) { into_->write(a.text); }
  void stopping() { into_->write("the end"); } // it is still open

private:
  std::shared_ptr<store> into_;
};

int main() {
  const auto file = std::make_shared<store>();
  alys::supervisor_spec root{"desk"};
  auto notes = root.child<notebook>("notebook", {}, {}, file);
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});
  system.close_at_end({.name = "store", .close = [file] { return file->close(); }, .within = 1s}).value();

  send(notes, add_line{"one"});
  const alys::shutdown_report report = system.shutdown(5s);
  std::cout << "in time: " << report.in_time << '\n';
}
