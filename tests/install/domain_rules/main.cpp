// SPDX-License-Identifier: Apache-2.0
//
// Uses a rule of the domain, from the installed package.
#include <alys/domain/primitives/digest.hpp>
#include <alys/domain/primitives/hex.hpp>

#include <iostream>

int main() { std::cout << alys::domain::to_hex(alys::domain::keccak256({})) << '\n'; }
