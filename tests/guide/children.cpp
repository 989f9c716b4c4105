// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct chat_config { std::string greeting = "hello"; };
ALYS_CONFIG(chat_config, greeting)
struct say { using reply = std::string; std::string to; };
ALYS_MESSAGE(say, to)

class chat final : public alys::actor<chat, chat_config> {
public:
  using messages = alys::accepts<say>;
  std::string handle(const say& s) { return path() + ": " + config().greeting + ' ' + s.to; }
};

int main() {
  alys::supervisor_spec root{"server"};
  const alys::factory<chat> chats = root.children<chat>("chat-{}", {.kind = alys::child_kind::temporary}, 2); // at most two at once
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});

  const auto first = chats.start("7", {});
  const auto second = chats.start("8", {.greeting = "good day"});
  const auto third = chats.start("9", {});
  std::cout << system.ask(*first, say{"alice"}, 5s).value() << '\n' << system.ask(*second, say{"bob"}, 5s).value() << '\n';
  std::cout << "the third: " << third.error().message() << '\n';

  if (!chats.stop(*first)) return 1; // sets its end going
  while (system.tree().children.size() > 1) continue;
  const auto gone = system.ask(*first, say{"alice"}, 5s);
  std::cout << "the first: " << gone.error().message() << '\n';
}
