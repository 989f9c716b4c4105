// SPDX-License-Identifier: Apache-2.0
//
// A webhook that nobody takes alerts at, from the installed package.
#include <alys/actors/webhook.hpp>

#include <iostream>

int main() {
  const auto hook = alys::make_webhook({.url = "http://127.0.0.1:1/alerts", .attempts = 1});
  std::cout << (*hook)->deliver({}).has_value() << '\n';
}
