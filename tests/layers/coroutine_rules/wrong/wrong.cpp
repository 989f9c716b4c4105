// SPDX-License-Identifier: Apache-2.0
//
// Each statement here is one that the check must find. Not compiled.
alys::task<int> clerk::handle(const order& o) {
  auto first = ask(book_, look_up{o.key}, 1s);
  const int a = o.quick ? 1 : co_await first.or_return();
  const int b = co_await helper(look_up{o.key});
  const pair c{co_await first.or_return(), 2};
  auto [d, e] = co_await second(o);
  const auto later = [this](int x) -> alys::task<int> { co_return x; };
  if (const auto r = co_await part(look_up{o.key}); r) co_return 1;
  co_return a + b + c.first + d + e;
}
