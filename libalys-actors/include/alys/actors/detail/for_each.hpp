// SPDX-License-Identifier: Apache-2.0
//
// Applies a macro to each argument of a list: the preprocessor half of ALYS_MESSAGE, ALYS_CONFIG and ALYS_ERRORS.
#pragma once

#define ALYS_DETAIL_PARENS ()
#define ALYS_DETAIL_EXPAND(...) ALYS_DETAIL_EXPAND3(ALYS_DETAIL_EXPAND3(ALYS_DETAIL_EXPAND3(ALYS_DETAIL_EXPAND3(__VA_ARGS__))))
#define ALYS_DETAIL_EXPAND3(...) ALYS_DETAIL_EXPAND2(ALYS_DETAIL_EXPAND2(ALYS_DETAIL_EXPAND2(ALYS_DETAIL_EXPAND2(__VA_ARGS__))))
#define ALYS_DETAIL_EXPAND2(...) ALYS_DETAIL_EXPAND1(ALYS_DETAIL_EXPAND1(ALYS_DETAIL_EXPAND1(ALYS_DETAIL_EXPAND1(__VA_ARGS__))))
#define ALYS_DETAIL_EXPAND1(...) __VA_ARGS__

// ALYS_DETAIL_FOR_EACH(macro, context, a, b, c) -> macro(context, a) macro(context, b) macro(context, c); up to 256 arguments.
#define ALYS_DETAIL_FOR_EACH(macro, context, ...) __VA_OPT__(ALYS_DETAIL_EXPAND(ALYS_DETAIL_FOR_EACH_STEP(macro, context, __VA_ARGS__)))
#define ALYS_DETAIL_FOR_EACH_STEP(macro, context, first, ...) \
  macro(context, first) __VA_OPT__(ALYS_DETAIL_FOR_EACH_AGAIN ALYS_DETAIL_PARENS(macro, context, __VA_ARGS__))
#define ALYS_DETAIL_FOR_EACH_AGAIN() ALYS_DETAIL_FOR_EACH_STEP
