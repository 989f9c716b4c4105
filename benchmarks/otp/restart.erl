%% SPDX-License-Identifier: Apache-2.0
%%
%% The restart benchmark's work in Erlang/OTP: a supervisor, a gen_server that fails when told to, and a client that makes it fail, waits for
%% the next one's word that it is up, and calls it. Prints one time a failure, in nanoseconds.
%% usage: erl -noshell -pa DIR -run restart main COUNT
-module(restart).
-behaviour(supervisor).
-export([main/1, init/1]).

%% So that the supervisor's list of restart times stays short.
-define(PER_SUPERVISOR, 100).

main([Count]) ->
    ok = logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    _ = under_one_supervisor(?PER_SUPERVISOR), % the warm-up
    Times = run(list_to_integer(Count), []),
    io:put_chars([[integer_to_list(T), $\n] || T <- Times]),
    halt(0).

run(Count, Times) when Count =< 0 -> Times;
run(Count, Times) -> run(Count - ?PER_SUPERVISOR, under_one_supervisor(min(Count, ?PER_SUPERVISOR)) ++ Times).

under_one_supervisor(Failures) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, self()),
    First = receive {up, Pid} -> Pid end,
    Times = crash(Failures, First, []),
    unlink(Supervisor),
    exit(Supervisor, shutdown),
    Times.

crash(0, _, Times) -> Times;
crash(Left, Child, Times) ->
    Begun = erlang:monotonic_time(nanosecond),
    gen_server:cast(Child, crash),
    Next = receive {up, Pid} -> Pid end,
    Left = gen_server:call(Next, {echo, Left}),
    crash(Left - 1, Next, [erlang:monotonic_time(nanosecond) - Begun | Times]).

init(Client) ->
    {ok, {#{strategy => one_for_one, intensity => ?PER_SUPERVISOR, period => 60},
          [#{id => child, start => {fragile, start_link, [Client]}}]}}.
