// SPDX-License-Identifier: Apache-2.0
//
// A request to nobody, from the installed package.
#include <alys/actors/http_client.hpp>

#include <iostream>

int main() {
  const auto reply = alys::http_post(alys::http_url{.port = 1}, "{}");
  if (!reply) std::cout << "no answer: " << reply.error().message() << '\n';
}
