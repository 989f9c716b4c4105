%% SPDX-License-Identifier: Apache-2.0
%%
%% The child of restart.erl: answers, and fails when told to.
-module(fragile).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2]).

start_link(Client) -> gen_server:start_link(?MODULE, Client, []).

init(Client) ->
    Client ! {up, self()},
    {ok, Client}.

handle_call({echo, Number}, _From, State) -> {reply, Number, State}.

handle_cast(crash, _State) -> error(as_asked).
