# SPDX-License-Identifier: MIT
# fish completion for netipc: asks the binary, so it is never stale

function __netipc_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l name (string replace -r '.*/' '' -- $words[1])
    set -l asked $words[2..-1]
    if test "$name" != netipc
        set asked (string replace -r '^netipc-' '' -- $name) $asked
    end
    for line in (netipc __complete $asked 2>/dev/null)
        if test "$line" = :file
            set -l option (string match -r -- '^--[^=]*=' $words[-1]; or echo)
            for path in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' $words[-1]))
                echo $option$path
            end
        else
            echo $line
        end
    end
end

complete -c netipc -f -a '(__netipc_complete)'
for name in (netipc --list 2>/dev/null)
    complete -c netipc-$name -f -a '(__netipc_complete)'
    # Another program may have the name of one of our links
    if string match -q '*/netipc' -- (realpath (command -s $name) 2>/dev/null)
        complete -c $name -f -a '(__netipc_complete)'
    end
end
