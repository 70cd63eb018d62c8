# SPDX-License-Identifier: MIT
# bash completion for netipc: asks the binary, so it is never stale
# shellcheck shell=bash

_netipc()
{
	local line cword=$COMP_CWORD
	local -a words=("${COMP_WORDS[@]}")

	COMPREPLY=()
	# "--name=val" comes as three words: = is one of bash's word breaks
	if [[ ${words[cword]} == = && cword -gt 1 ]]; then
		words[cword - 1]+="="
		cword=$((cword - 1))
	elif [[ cword -gt 2 && ${words[cword - 1]} == = ]]; then
		words[cword - 2]+="=${words[cword]}"
		cword=$((cword - 2))
	fi
	while IFS= read -r line; do
		if [[ $line == :file ]]; then
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "${words[cword]#--*=}")
			return
		fi
		line=${line%%$'\t'*}
		[[ $line == *= ]] && compopt -o nospace 2>/dev/null
		[[ ${words[cword]} == *=* ]] && line=${line#*=}
		COMPREPLY+=("$line")
	done < <(netipc __complete "${words[@]:1:cword}" 2>/dev/null)
}

complete -F _netipc netipc
