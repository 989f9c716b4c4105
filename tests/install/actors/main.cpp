// SPDX-License-Identifier: Apache-2.0
//
// The least that a program can do with the actors library, from the installed package.
#include <alys/actors/result.hpp>

#include <iostream>

int main() {
  const alys::result<int> answer = alys::refuse(alys::errc::deadline, "no answer in time");
  std::cout << answer.error().message() << '\n';
}
