// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>
#include <alys/actors/enum_names.hpp>
#include <alys/actors/toml.hpp>

#include <iostream>

using namespace std::chrono_literals;

enum class paper { a4, letter };
ALYS_ENUM(paper, a4, letter)

struct printer_config {
  paper size = paper::a4;
  std::uint32_t copies = 1;
  std::chrono::milliseconds warm_up{500};
  void validate(alys::problem_list& problems) const {
    if (copies == 0 || copies > 99) problems.push_back({"copies", "must be from 1 to 99"});
  }
};
ALYS_CONFIG(printer_config, size, copies, warm_up)

struct office_config {
  std::string name = "office";
  printer_config printer;
  printer_config spare;
};
ALYS_CONFIG(office_config, name, printer, spare)

constexpr std::string_view wrong_file = R"(
nam = "office"
[printer]
size = "a5"
warm_up = 30
[spare]
copies = 100
)";

struct settings { using reply = std::string; };
ALYS_MESSAGE(settings)

class printer final : public alys::actor<printer, printer_config> {
public:
  using messages = alys::accepts<settings>;
  std::string handle(const settings&) { return std::to_string(config().copies) + " on " + std::string{alys::enum_name(config().size)}; }
};

int main() {
  // All mistakes at once, each with its line and what is allowed.
  std::cout << alys::from_toml<office_config>(wrong_file, "office.toml").error().text() << "\n\n";

  const office_config config = alys::from_toml<office_config>("[printer]\ncopies = 2\nwarm_up = '1s'\n").value();
  std::cout << alys::to_toml(config.printer) << '\n'; // what holds now, also what was left to its default

  alys::supervisor_spec root{config.name};
  auto p = root.child<printer>("printer", config.printer);
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});
  std::cout << system.ask(p, settings{}, 5s).value() << "\n\n";

  // The same check when a tree is declared in code, together with the rest that is wrong with it.
  alys::supervisor_spec wrong{"wrong"};
  wrong.child<printer>("printer", {.copies = 0}, {.mailbox = {.capacity = 0}});
  std::cout << to_string(wrong.check()) << '\n';
}
